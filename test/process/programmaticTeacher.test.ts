import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { TEACHER_VERSION } from '../../src/core/teaching/programmatic/answer.ts';
import type { ProgrammaticTeacher } from '../../src/node/programmatic/server.ts';
import {
  bodyOf,
  events,
  plan,
  portOf,
  post,
  QUESTIONS,
  replyOf,
  type PlainReply,
  raw,
  rawBody,
  requestText,
  start,
  textOf,
  type Raw,
} from './programmatic/client.ts';

let teacher: ProgrammaticTeacher;
afterEach(() => teacher.close());

const plainOf = (response: Raw): string =>
  (JSON.parse(rawBody(response)) as PlainReply).choices[0]!.message.content;

const RATIONALE = /12 \+ 5 = 17[\s\S]*\nAnswer: 17\nEND$/u;

describe('the OpenAI-shaped surface', () => {
  test('models are listed and told', async () => {
    teacher = await start();
    const headers = { authorization: `Bearer ${teacher.token}` };
    const list = await (await fetch(`${teacher.baseURL}/models`, { headers })).json();
    expect(list).toMatchObject({ object: 'list', data: [{ id: 'tailor-programmatic-1' }] });
    const one = await fetch(`${teacher.baseURL}/models/tailor-programmatic-1`, { headers });
    expect(await one.json()).toMatchObject({ owned_by: 'tailor (programmatic)' });
    expect((await fetch(`${teacher.baseURL}/models/other`, { headers })).status).toBe(404);
    expect((await fetch(`${teacher.baseURL}/embeddings`, { headers })).status).toBe(404);
  });

  test('a plain reply has text, finish reason, fingerprint and usage', async () => {
    teacher = await start();
    const reply = await replyOf(await post(teacher, { seed: 0 }));
    expect(reply).toMatchObject({
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'tailor-programmatic-1',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant' } }],
    });
    const text: string = reply.choices[0]!.message.content;
    expect(text).toMatch(RATIONALE);
    expect(reply.system_fingerprint).toMatch(/^fp_[0-9a-f]{12}$/u);
    expect(reply.usage.completion_tokens).toBe(Math.ceil(Buffer.byteLength(text) / 4));
    expect(reply.usage.total_tokens).toBe(
      reply.usage.prompt_tokens + reply.usage.completion_tokens,
    );
    expect(teacher.identity).toMatchObject({
      name: 'tailor-programmatic-1',
      version: TEACHER_VERSION,
    });
  });

  test('a stream carries the same text, a finish reason, a usage event and [DONE]', async () => {
    teacher = await start();
    const plain = await replyOf(await post(teacher, { seed: 3 }));
    const wanted = { seed: 3, stream: true, stream_options: { include_usage: true } };
    const body = await (await post(teacher, wanted)).text();
    const all = events(body);
    expect(textOf(all)).toBe(plain.choices[0]!.message.content);
    expect(body.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(all.at(-1)).toMatchObject({ choices: [], usage: plain.usage });
    expect(all.slice(0, -1).every((event) => event.usage === null)).toBe(true);
    expect(all.at(-2)?.choices?.[0]).toMatchObject({ delta: {}, finish_reason: 'stop' });
    expect(all.length).toBeGreaterThan(4);
  });

  test('seed, n, max_tokens, stop and json are honoured', async () => {
    teacher = await start();
    const text = async (fields: object): Promise<PlainReply['choices']> =>
      (await replyOf(await post(teacher, { ...fields }))).choices;
    const first = (await text({ seed: 5 }))[0]!;
    expect(await text({ seed: 5 })).toEqual([first]);
    const four = await text({ seed: 0, n: 4 });
    expect(new Set(four.map((choice) => choice.message.content)).size).toBe(4);
    const short = (await text({ seed: 5, max_tokens: 3 }))[0]!;
    expect(short).toMatchObject({ finish_reason: 'length' });
    expect(short.message.content).toBe(first.message.content.slice(0, 12));
    const stopped = (await text({ seed: 5, stop: ['Answer'] }))[0]!;
    expect(stopped.finish_reason).toBe('stop');
    expect(stopped.message.content).toBe(first.message.content.split('Answer')[0]);
    const json = (await text({ seed: 5, response_format: { type: 'json_object' } }))[0]!;
    expect(JSON.parse(json.message.content)).toMatchObject({ finalAnswer: '17' });
  });

  test('without a seed, asking again gives another text', async () => {
    teacher = await start();
    const replies: string[] = [];
    for (let i = 0; i < 3; i += 1)
      replies.push((await replyOf(await post(teacher))).choices[0]!.message.content);
    expect(new Set(replies).size).toBe(3);
  });

  test('a shared beginning of two long prompts is reported as cached, in steps of 128', async () => {
    teacher = await start();
    const long = 'rules '.repeat(900);
    const ask = async (last: string): Promise<PlainReply['usage']['prompt_tokens_details']> => {
      const messages = [
        { role: 'system', content: long },
        { role: 'user', content: last },
      ];
      return (await replyOf(await post(teacher, { messages }))).usage.prompt_tokens_details;
    };
    expect(await ask('ping')).toEqual({ cached_tokens: 0 });
    const { cached_tokens: cached } = await ask('hello');
    expect(cached).toBeGreaterThanOrEqual(1024);
    expect(cached % 128).toBe(0);
  });

  test('what is wrong is said in the shape of an error', async () => {
    teacher = await start();
    const cases: [object, number, string | null][] = [
      [{ messages: [] }, 400, 'messages'],
      [{ n: 9 }, 400, 'n'],
      [{ tools: [{}] }, 400, 'tools'],
      [
        { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
        400,
        'messages.0.content',
      ],
      [{ model: 'gpt-9' }, 404, 'model'],
      [{ model: 'tailor-programmatic-1:no-such-profile' }, 404, 'model'],
    ];
    for (const [fields, status, param] of cases) {
      const response = await post(teacher, { ...fields });
      expect([fields, response.status]).toEqual([fields, status]);
      expect(await response.json()).toMatchObject({ error: { param } });
    }
    const broken = await post(teacher, {}, { body: '{"model":' });
    expect(broken.status).toBe(400);
    expect(teacher.ledger.entries).toHaveLength(0);
  });

  test('a message in text parts is read; unknown fields are ignored', async () => {
    teacher = await start();
    const content = [
      { type: 'text', text: 'Please solve: ' },
      { type: 'text', text: QUESTIONS[0]!.question },
    ];
    const reply = await post(teacher, {
      messages: [{ role: 'user', content }],
      logit_bias: { 1: 2 },
    });
    expect((await replyOf(reply)).choices[0]!.message.content).toMatch(RATIONALE);
  });

  test('a pace makes tokens come one after another', async () => {
    teacher = await start({ pace: { latencyMs: 20, tokensPerSecond: 400 } });
    const response = await post(teacher, { stream: true });
    let parts = 0;
    for await (const part of response.body!) parts += part.length > 0 ? 1 : 0;
    expect(parts).toBeGreaterThan(2);
  });
});

describe('the books', () => {
  test('requests, header names, peak in flight and billed tokens agree with what the client saw', async () => {
    const slow = plan({ fault: { type: 'slow', at: 'headers', ms: 1500 }, times: 3 });
    teacher = await start({ faults: slow });
    const replies = await Promise.all(
      [0, 1, 2].map(async (seed) => replyOf(await post(teacher, { seed }))),
    );
    const { ledger } = teacher;
    expect(ledger.peakInFlight).toBe(3);
    expect(ledger.entries.map((entry) => entry.nth)).toEqual([1, 2, 3]);
    expect(ledger.entries[0]?.headerNames).toContain('authorization');
    expect(JSON.stringify(ledger.entries)).not.toContain(teacher.token);
    expect(ledger.totals()).toEqual({
      requests: 3,
      aborted: 0,
      billedPromptTokens: replies.reduce((sum, one) => sum + one.usage.prompt_tokens, 0),
      billedCompletionTokens: replies.reduce((sum, one) => sum + one.usage.completion_tokens, 0),
    });
  });

  test('a client that goes away is booked as aborted, with the bytes that it got', async () => {
    teacher = await start({ faults: plan({ fault: { type: 'stall', at: 'stream' } }) });
    const controller = new AbortController();
    const response = await post(teacher, { stream: true }, { signal: controller.signal });
    const first = await response.body!.getReader().read();
    controller.abort();
    const entry = teacher.ledger.entries[0]!;
    await expect.poll(() => entry.done, { timeout: 60_000 }).toBe(true);
    expect(entry).toMatchObject({ aborted: true, status: 200, fault: 'stall' });
    const got = first.value as Uint8Array;
    expect(entry.bytesSent).toBeGreaterThanOrEqual(got.length);
    expect(entry.billedCompletionTokens).toBeGreaterThan(0);
  });
});

describe('the door', () => {
  test('threat 18: wrong Host, Origin, token, method, type and a 1 GB body are all refused', async () => {
    teacher = await start();
    const port = portOf(teacher);
    const statusOf = async (request: string): Promise<string> =>
      (await raw(port, request)).bytes.toString('latin1').slice(9, 12);
    const good = requestText(teacher);
    expect(await statusOf(good)).toBe('200');
    const wrong: [string, Record<string, string | null>][] = [
      ['403', { host: `evil.example:${port}` }],
      ['403', { host: '127.0.0.1' }],
      ['403', { host: `127.0.0.1.evil.example:${port}` }],
      ['400', { host: null }],
      ['403', { origin: 'https://evil.example' }],
      ['403', { origin: 'null' }],
      ['403', { origin: `http://127.0.0.1:${port}` }],
      ['401', { authorization: null }],
      ['401', { authorization: 'Bearer wrong' }],
      ['401', { authorization: `Bearer ${teacher.token}x` }],
      ['401', { authorization: `Basic ${teacher.token}` }],
      ['415', { 'content-type': 'text/plain' }],
      ['415', { 'content-type': 'application/jsonp' }],
      ['415', { 'content-encoding': 'gzip' }],
      ['413', { 'content-length': String(1024 ** 3) }],
    ];
    for (const [status, headers] of wrong) {
      expect([headers, await statusOf(requestText(teacher, {}, headers))]).toEqual([
        headers,
        status,
      ]);
    }
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      expect(await statusOf(good.replace('POST', method))).toBe('405');
    }
    expect(await statusOf(good.replace('/v1/chat', '/../../etc'))).toBe('404');
    expect(teacher.ledger.entries).toHaveLength(1);
    expect(await statusOf(good)).toBe('200');
  });

  test('threat 18: a body that never ends is cut off at its limit, whatever length it claims', async () => {
    teacher = await start();
    const head = requestText(
      teacher,
      {},
      { 'content-length': null, 'transfer-encoding': 'chunked' },
    );
    const chunk = Buffer.concat([
      Buffer.from('10000\r\n'),
      Buffer.alloc(65_536, 0x20),
      Buffer.from('\r\n'),
    ]);
    const sent = await new Promise<number>((resolve) => {
      let chunks = 0;
      const socket = connect(portOf(teacher), '127.0.0.1', () => {
        socket.write(head.slice(0, head.indexOf('\r\n\r\n') + 4));
        const more = (): void => {
          while (chunks < 16_384 && !socket.destroyed) {
            chunks += 1;
            if (!socket.write(chunk)) return;
          }
        };
        socket.on('drain', more);
        more();
      });
      socket.on('data', () => undefined);
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(chunks * 65_536));
    });
    expect(sent).toBeLessThan(64 * 1024 ** 2);
    expect(teacher.ledger.refused.get(413)).toBe(1);
  });

  test('threat 18: no browser is let in, by no header of the reply', async () => {
    teacher = await start();
    const replies = [
      await raw(portOf(teacher), requestText(teacher)),
      await raw(portOf(teacher), requestText(teacher, {}, { origin: 'https://evil.example' })),
    ];
    for (const { bytes } of replies) {
      expect(bytes.toString('latin1').toLowerCase()).not.toContain('access-control-');
    }
  });

  test('threat 18: no listener is left after close, hanging replies included, and tokens are new at every start', async () => {
    teacher = await start({ faults: plan({ fault: { type: 'stall', at: 'headers' } }) });
    const other = await start();
    expect(other.token).not.toBe(teacher.token);
    expect(Buffer.from(teacher.token, 'base64url')).toHaveLength(32);
    await other.close();
    const port = portOf(teacher);
    const hanging = post(teacher).catch((error: unknown) => error);
    await expect.poll(() => teacher.ledger.entries.length, { timeout: 60_000 }).toBe(1);
    await Promise.all([teacher.close(), teacher.close()]);
    await teacher.closed;
    expect(await hanging).toBeInstanceOf(Error);
    await expect(raw(port, 'GET / HTTP/1.1\r\n\r\n')).rejects.toThrow(/ECONNREFUSED/u);
  });

  test('threat 18: it closes by itself when nobody asks', async () => {
    teacher = await start({ idleMs: 1000 });
    expect((await post(teacher)).status).toBe(200);
    await teacher.closed;
    await expect(fetch(teacher.baseURL)).rejects.toThrow();
  });

  test('a hand-written request gets what a client gets', async () => {
    teacher = await start();
    const response = await raw(portOf(teacher), requestText(teacher, { seed: 1 }));
    expect(plainOf(response)).toMatch(RATIONALE);
    expect(bodyOf().model).toBe('tailor-programmatic-1');
  });
});
