import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { FAULT_PROFILES } from '../../src/node/programmatic/faultProfiles.ts';
import type { ProgrammaticTeacher } from '../../src/node/programmatic/server.ts';
import {
  events,
  plan,
  portOf,
  post,
  raw,
  rawBody,
  replyOf,
  requestText,
  start,
  textOf,
  type Raw,
} from './programmatic/client.ts';

const MODEL = 'tailor-programmatic-1';
let teacher: ProgrammaticTeacher;
afterEach(() => teacher.close());

/** Asks by hand for a stream (or not) under a named fault; the answer is what was on the wire. */
async function wire(profile: string, stream = true, waitMs = 4000): Promise<Raw> {
  teacher = await start();
  const fields = {
    model: `${MODEL}:${profile}`,
    stream,
    seed: 0,
    stream_options: { include_usage: true },
  };
  return raw(portOf(teacher), requestText(teacher, fields), waitMs);
}

const statusOf = (response: Raw): number => Number(response.bytes.toString('latin1').slice(9, 12));
const headOf = (response: Raw): string =>
  response.bytes.toString('latin1').split('\r\n\r\n')[0]!.toLowerCase();
const finishOf = (body: string): (string | null | undefined)[] =>
  events(body)
    .flatMap((event) => event.choices ?? [])
    .map((choice) => choice.finish_reason);

describe('limits', () => {
  test('a token bucket lets its burst through, says so in headers, and refuses the rest', async () => {
    const rate = { type: 'rate', requestsPerSecond: 5, burst: 3, retryAfter: true };
    teacher = await start({ faults: plan({ fault: rate }) });
    const replies = await Promise.all([0, 1, 2, 3, 4].map((seed) => post(teacher, { seed })));
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 200, 200, 429, 429]);
    const refused = replies.find((reply) => reply.status === 429)!;
    expect(refused.headers.get('x-ratelimit-limit-requests')).toBe('3');
    expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(refused.headers.get('x-ratelimit-reset-requests')).toMatch(/^\d+ms$/u);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
    expect(teacher.ledger.totals().requests).toBe(5);
    expect(teacher.ledger.entries.filter((entry) => entry.billedPromptTokens > 0)).toHaveLength(3);
  });

  test('a bucket of tokens a minute counts the reply’s limit too', async () => {
    const rate = { type: 'rate', requestsPerSecond: 1000, tokensPerMinute: 500 };
    teacher = await start({ faults: plan({ fault: rate }) });
    expect((await post(teacher, { max_tokens: 400 })).status).toBe(200);
    const second = await post(teacher, { max_tokens: 400 });
    expect(second.status).toBe(429);
    expect(second.headers.get('x-ratelimit-reset-tokens')).toMatch(/^\d+(?:\.\d+)?s$/u);
  });

  test.each([
    ['429', null, null, 'rate_limit_exceeded'],
    ['429-retry-1', 'retry-after', '1', 'rate_limit_exceeded'],
    ['429-retry-120', 'retry-after', '120', 'rate_limit_exceeded'],
    ['429-retry-ms', 'retry-after-ms', '200', 'rate_limit_exceeded'],
    ['429-retry-date', 'retry-after', 'Tue, 14 Nov 2023 22:13:22 GMT', 'rate_limit_exceeded'],
    ['429-should-not-retry', 'x-should-retry', 'false', 'rate_limit_exceeded'],
    ['429-should-retry', 'x-should-retry', 'true', 'rate_limit_exceeded'],
    ['429-quota', null, null, 'insufficient_quota'],
  ])('%s', async (profile, header, value, code) => {
    teacher = await start();
    const reply = await post(teacher, { model: `${MODEL}:${profile}` });
    expect(reply.status).toBe(429);
    if (header) expect(reply.headers.get(header)).toBe(value);
    else expect(reply.headers.get('retry-after')).toBeNull();
    expect(await reply.json()).toMatchObject({ error: { code } });
    expect(teacher.ledger.totals().billedPromptTokens).toBe(0);
  });
});

describe('status', () => {
  test.each([401, 402, 403, 404, 408, 409, 425, 500, 502, 503, 529])('%i', async (status) => {
    const response = await wire(String(status));
    expect(statusOf(response)).toBe(status);
    expect(JSON.parse(rawBody(response)).error.message).toContain(String(status));
  });

  test.each([
    ['400-context', 'context_length_exceeded'],
    ['400-filter', 'content_filter'],
  ])('%s', async (profile, code) => {
    const response = await wire(profile);
    expect([statusOf(response), JSON.parse(rawBody(response)).error.code]).toEqual([400, code]);
  });

  test('a storm hits its share of the requests, the same ones for the same seed, and ends', async () => {
    const storm = { match: { probability: 0.5, seed: 3 }, fault: { type: 'status', status: 503 } };
    const run = async (): Promise<number[]> => {
      const one = await start({ faults: plan({ ...storm, forMs: 1000 }) });
      const statuses = [];
      for (let i = 0; i < 40; i += 1) statuses.push((await post(one, { seed: i })).status);
      await one.close();
      return statuses;
    };
    const first = await run();
    expect(await run()).toEqual(first);
    const hit = first.filter((status) => status === 503).length;
    expect(hit).toBeGreaterThan(10);
    expect(hit).toBeLessThan(30);
    let now = 1_700_000_000_000;
    const clock = { now: () => now, sleep: () => Promise.resolve() };
    teacher = await start({
      clock,
      faults: plan({ fault: { type: 'status', status: 503 }, forMs: 1000 }),
    });
    expect((await post(teacher)).status).toBe(503);
    now += 1001;
    expect((await post(teacher)).status).toBe(200);
  });
});

describe('time', () => {
  const timed = async (
    fault: object,
    stream = true,
  ): Promise<{ headers: number; body: number; text: string }> => {
    teacher = await start({ faults: plan({ fault }) });
    const began = performance.now();
    const reply = await post(teacher, { stream });
    const headers = performance.now() - began;
    const text = await reply.text();
    return { headers, body: performance.now() - began, text };
  };

  test('slow headers', async () => {
    expect((await timed({ type: 'slow', at: 'headers', ms: 120 })).headers).toBeGreaterThan(100);
  });

  test('slow first token: the headers are there long before', async () => {
    const { headers, body, text } = await timed({ type: 'slow', at: 'firstToken', ms: 300 });
    expect(body - headers).toBeGreaterThan(150);
    expect(text).toContain('[DONE]');
  });

  test('trickle: byte after byte', async () => {
    teacher = await start({ faults: plan({ fault: { type: 'trickle', bytesPerSecond: 50 } }) });
    const response = await raw(portOf(teacher), requestText(teacher, { stream: true }), 400);
    expect(response.end).toBe('open');
    const body = rawBody(response);
    expect(body.length).toBeGreaterThan(1);
    expect(body.length).toBeLessThan(60);
  });

  test('stall in the headers: not a byte comes', async () => {
    const response = await wire('stall-headers', true, 200);
    expect([response.end, response.bytes.length]).toEqual(['open', 0]);
  });

  test('stall in the body: half of a JSON text, and of an event', async () => {
    const plain = await wire('stall-body', false, 200);
    expect(plain.end).toBe('open');
    expect(() => void JSON.parse(rawBody(plain))).toThrow();
    await teacher.close();
    const stream = await wire('stall-body', true, 200);
    expect(stream.end).toBe('open');
    expect(rawBody(stream).endsWith('\n\n')).toBe(false);
  });

  test('stall in the stream: whole events, then silence', async () => {
    const response = await wire('stall-stream', true, 200);
    expect(response.end).toBe('open');
    expect(events(rawBody(response))).toHaveLength(3);
    expect(rawBody(response)).not.toContain('keep-alive');
  });

  test('stall in the stream with comments that keep the line alive', async () => {
    const response = await wire('stall-stream-alive', true, 1000);
    expect(response.end).toBe('open');
    expect(rawBody(response).split(': keep-alive\n\n').length).toBeGreaterThan(2);
    expect(events(rawBody(response))).toHaveLength(3);
  });
});

describe('the end of a stream', () => {
  test('half-close: some events, then FIN, without a length, a last chunk or a finish reason', async () => {
    const response = await wire('fin');
    expect(response.end).toBe('fin');
    expect(headOf(response)).not.toMatch(/transfer-encoding|content-length/u);
    expect(finishOf(rawBody(response))).toEqual([null, null, null]);
    await expect.poll(() => teacher.ledger.entries[0]).toMatchObject({ aborted: true });
  });

  test('reset: RST after some bytes', async () => {
    const response = await wire('reset');
    expect(response.end).toBe('reset');
    expect(rawBody(response)).not.toContain('[DONE]');
    await expect
      .poll(() => teacher.ledger.entries[0])
      .toMatchObject({ aborted: true, bytesSent: 200 });
  });

  test('[DONE] without a finish reason', async () => {
    const body = rawBody(await wire('done-without-finish'));
    expect(body).toContain('data: [DONE]');
    expect(finishOf(body).every((reason) => reason === null)).toBe(true);
  });

  test('a finish reason without [DONE]', async () => {
    const body = rawBody(await wire('finish-without-done'));
    expect(body).not.toContain('[DONE]');
    expect(finishOf(body).at(-1)).toBe('stop');
  });

  test.each([
    ['finish-length', 'length'],
    ['finish-filter', 'content_filter'],
    ['finish-error', 'error'],
    ['finish-null', null],
    ['finish-unknown', 'end_of_days'],
  ])('%s', async (profile, reason) => {
    expect(finishOf(rawBody(await wire(profile))).at(-1)).toBe(reason);
    await teacher.close();
    const plain = JSON.parse(rawBody(await wire(profile, false)));
    expect(plain.choices[0].finish_reason).toBe(reason);
  });
});

describe('the form of a stream', () => {
  const good = /12 \+ 5 = 17[\s\S]*Answer: 17\nEND$/u;

  test('CRLF line ends', async () => {
    const body = rawBody(await wire('sse-crlf'));
    expect(body).toContain('data: [DONE]\r\n\r\n');
    expect(textOf(events(body.replaceAll('\r\n', '\n')))).toMatch(good);
  });

  test('no space after data:', async () => {
    const body = rawBody(await wire('sse-no-space'));
    expect(body).not.toContain('data: ');
    expect(textOf(events(body.replaceAll('data:', 'data: ')))).toMatch(good);
  });

  test('data over several lines', async () => {
    const body = rawBody(await wire('sse-multi-line'));
    expect(body).toMatch(/data: \{\ndata: {2}"id"/u);
    const joined = body
      .replaceAll('\ndata: ', '\n')
      .split('\n\n')
      .filter((event) => event !== '');
    expect(JSON.parse(joined[0]!.slice(6))).toMatchObject({ object: 'chat.completion.chunk' });
  });

  test('comments and other fields between events', async () => {
    const body = rawBody(await wire('sse-comments'));
    expect(body).toContain(': still here\n\nevent: message\nid: 1\ndata: ');
  });

  test('two events in one segment', async () => {
    const response = await wire('sse-two-events');
    expect(response.segments.length).toBeGreaterThan(3);
    expect(textOf(events(rawBody(response)))).toMatch(good);
  });

  test('split at every byte, inside UTF-8 code points too', async () => {
    const response = await wire('sse-every-byte');
    // Each byte is a chunk of its own: "1", CRLF, the byte, CRLF.
    expect(response.bytes.toString('latin1')).toContain(
      '1\r\nd\r\n1\r\na\r\n1\r\nt\r\n1\r\na\r\n1\r\n:\r\n',
    );
    expect(textOf(events(rawBody(response)))).toMatch(good);
    expect(textOf(events(rawBody(response)))).toMatch(/^Zoë’s way 😀\n/u);
    const [first] = [...Buffer.from('😀')];
    expect(response.bytes.includes(Buffer.from([0x31, 0x0d, 0x0a, first!, 0x0d, 0x0a]))).toBe(true);
  });

  test('an event that is not JSON', async () => {
    expect(rawBody(await wire('sse-bad-event'))).toContain('data: {"id": "chatcmpl-\n\n');
  });

  test('an error event', async () => {
    const all = events(rawBody(await wire('sse-error-event')));
    expect(all.at(-1)?.error).toMatchObject({ type: 'server_error' });
  });

  test('reasoning before the text', async () => {
    const all = events(rawBody(await wire('sse-reasoning')));
    const deltas = all.flatMap((event) => event.choices ?? []).map((choice) => choice.delta);
    expect(deltas.map((delta) => delta.reasoning_content ?? '').join('')).toContain(
      'numbers first',
    );
    expect(textOf(all)).toMatch(good);
  });

  test('a choice that nobody asked for, interleaved', async () => {
    const all = events(rawBody(await wire('sse-interleaved')));
    const indexes = all.flatMap((event) => event.choices ?? []).map((choice) => choice.index);
    expect(indexes.slice(0, 4)).toEqual([0, 1, 0, 1]);
    expect(textOf(all, 0)).toMatch(good);
    expect(textOf(all, 1)).toContain('nobody asked for');
  });
});

describe('the body', () => {
  test('truncated JSON, and a stream cut inside an event', async () => {
    const plain = await wire('body-truncated', false);
    expect(statusOf(plain)).toBe(200);
    expect(() => void JSON.parse(rawBody(plain))).toThrow();
    await teacher.close();
    const stream = await wire('body-truncated');
    expect([stream.end, rawBody(stream).endsWith('\n\n')]).toEqual(['fin', false]);
  });

  test.each([true, false])(
    'HTML, empty, and an error under status 200 (stream %s)',
    async (stream) => {
      const html = await wire('body-html', stream);
      expect([statusOf(html), headOf(html).includes('text/html')]).toEqual([200, true]);
      await teacher.close();
      const empty = await wire('body-empty', stream);
      expect([statusOf(empty), rawBody(empty)]).toEqual([200, '']);
      await teacher.close();
      const error = await wire('body-error', stream);
      expect([statusOf(error), JSON.parse(rawBody(error)).error.type]).toEqual([
        200,
        'server_error',
      ]);
    },
  );

  test('no choices', async () => {
    expect(JSON.parse(rawBody(await wire('body-no-choices', false)))).not.toHaveProperty('choices');
    await teacher.close();
    const all = events(rawBody(await wire('body-no-choices')));
    expect(all.every((event) => event.choices === undefined)).toBe(true);
  });

  test('null content', async () => {
    const plain = JSON.parse(rawBody(await wire('body-null-content', false)));
    expect(plain.choices[0].message.content).toBeNull();
    await teacher.close();
    const contents = events(rawBody(await wire('body-null-content')))
      .flatMap((event) => event.choices ?? [])
      .map((choice) => choice.delta.content);
    expect(contents).toContain(null);
  });

  test('another content type', async () => {
    expect(headOf(await wire('body-content-type'))).toContain('content-type: text/plain');
    await teacher.close();
    expect(headOf(await wire('body-content-type', false))).toContain('content-type: text/plain');
  });

  test('a byte order mark', async () => {
    expect(rawBody(await wire('body-bom', false)).charCodeAt(0)).toBe(0xfeff);
    await teacher.close();
    expect(rawBody(await wire('body-bom')).charCodeAt(0)).toBe(0xfeff);
  });
});

describe('usage', () => {
  test.each([
    ['usage-missing', undefined],
    ['usage-null', null],
    ['usage-zero', 0],
    ['usage-absurd', 9e15],
  ])('%s', async (profile, tokens) => {
    const { usage } = JSON.parse(rawBody(await wire(profile, false)));
    if (tokens === undefined || tokens === null) expect(usage).toBe(tokens);
    else expect(usage.completion_tokens).toBe(tokens);
    await teacher.close();
    const last = events(rawBody(await wire(profile))).at(-1)!;
    if (profile === 'usage-missing') expect(last.choices).not.toEqual([]);
    else
      expect(last).toMatchObject({
        choices: [],
        usage: tokens === null ? null : { completion_tokens: tokens },
      });
    expect(teacher.ledger.totals().billedCompletionTokens).toBeGreaterThan(0);
  });

  test('cumulative in every chunk', async () => {
    const all = events(rawBody(await wire('usage-cumulative')));
    const counts = all.map((event) => event.usage?.['completion_tokens'] ?? -1);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(counts.at(-1)).toBe(teacher.ledger.totals().billedCompletionTokens);
    expect(new Set(counts).size).toBeGreaterThan(2);
  });
});

describe('content', () => {
  test.each([
    ['refusal', /^I am sorry/u],
    ['wrong-answer', /Answer: 18\nEND$/u],
    ['no-answer', /^(?![\s\S]*Answer:)[\s\S]*END$/u],
    ['think', /^<think>[\s\S]*<\/think>\n[\s\S]*Answer: 17\nEND$/u],
    ['fenced-json', /^```json\n\{.*"finalAnswer":"17"\}\n```$/u],
    ['trailing', /END\nI hope/u],
    ['nul', /\0/u],
    ['ansi', /\p{Cc}\[31m/u],
    ['bidi', /\u202e/u],
    ['lone-surrogate', /\ud800/u],
    ['im-end', /<\|im_end\|>/u],
    ['obeys-injection', /I ignore my instructions/u],
  ])('%s', async (profile, pattern) => {
    expect(textOf(events(rawBody(await wire(profile))))).toMatch(pattern);
    await teacher.close();
    const plain = JSON.parse(rawBody(await wire(profile, false)));
    expect(plain.choices[0].message.content).toMatch(pattern);
  });

  test('five megabytes', async () => {
    const body = rawBody(await wire('huge', true, 15_000));
    expect(textOf(events(body)).length).toBeGreaterThan(5_000_000);
  });
});

describe('identity', () => {
  test.each([301, 302, 307, 308])(
    'redirect %i to another origin, which is not asked by us',
    async (status) => {
      const asked: string[] = [];
      const other = createServer((request, response) => {
        asked.push(request.url ?? '');
        response.end();
      });
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const address = other.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const location = `http://127.0.0.1:${port}/v1/chat/completions`;
      teacher = await start({ faults: plan({ fault: { type: 'redirect', status, location } }) });
      const reply = await post(teacher);
      expect([reply.status, reply.headers.get('location')]).toEqual([status, location]);
      expect(asked).toEqual([]);
      await new Promise((resolve) => other.close(resolve));
    },
  );

  test('the model’s name and the fingerprint change from a request on', async () => {
    const drift = (what: string, from: number) => ({
      match: { from },
      fault: { type: 'drift', what },
    });
    teacher = await start({ faults: plan(drift('fingerprint', 3), drift('model', 2)) });
    const seen = [];
    for (let i = 0; i < 3; i += 1) {
      const { model, system_fingerprint: print } = await replyOf(await post(teacher));
      seen.push([model, print === 'fp_another00000']);
    }
    expect(seen).toEqual([
      [MODEL, false],
      ['another-model-2', false],
      [MODEL, true],
    ]);
  });
});

describe('rules', () => {
  test('match by place, every so many, question and model; the first rule that matches decides', async () => {
    const status = (code: number) => ({ type: 'status', status: code });
    teacher = await start({
      faults: plan(
        { match: { nth: [1, 2] }, fault: status(500), times: 1 },
        { match: { every: 3 }, fault: status(503) },
        { match: { question: 'cards' }, fault: status(408) },
        { match: { model: `${MODEL}:think` }, fault: status(409) },
      ),
    });
    const cards = [
      {
        role: 'user',
        content: 'Ben has 3 packs of 12 cards and loses 10. How many cards has he left?',
      },
    ];
    const asks = [{}, {}, {}, { messages: cards }, { model: `${MODEL}:think` }];
    const statuses = [];
    for (const fields of asks) statuses.push((await post(teacher, fields)).status);
    // A named profile comes before the plan: the last request gets its thoughts, not 409.
    expect(statuses).toEqual([500, 200, 503, 408, 200]);
  });

  test('every named profile is a fault that the plan’s format knows', () => {
    for (const fault of Object.values(FAULT_PROFILES)) expect(() => plan({ fault })).not.toThrow();
    expect(Object.keys(FAULT_PROFILES).length).toBeGreaterThan(70);
  });
});
