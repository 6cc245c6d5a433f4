import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { FAULT_PROFILES } from '../../src/node/programmatic/faultProfiles.ts';
import type { ProgrammaticTeacher } from '../../src/node/programmatic/server.ts';
import {
  events,
  headOf,
  plan,
  post,
  rawBody,
  replyOf,
  start,
  statusOf,
  textOf,
  wire as ask,
  type Raw,
} from './programmatic/client.ts';

const MODEL = 'tailor-programmatic-1';
let teacher: ProgrammaticTeacher;
afterEach(() => teacher.close());

async function wire(profile: string, stream = true, waitMs = 4000): Promise<Raw> {
  teacher = await start();
  return ask(teacher, profile, stream, waitMs);
}

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
