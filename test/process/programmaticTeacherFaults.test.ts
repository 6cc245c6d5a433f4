import { afterEach, describe, expect, test } from 'vitest';
import type { ProgrammaticTeacher } from '../../src/node/programmatic/server.ts';
import { gate } from '../fakes/gate.ts';
import {
  events,
  finishesOf,
  headOf,
  plan,
  portOf,
  post,
  raw,
  rawBody,
  requestText,
  start,
  statusOf,
  steadyClock,
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
  const timed = async (fault: object, stream = true): Promise<{ headers: number }> => {
    teacher = await start({ faults: plan({ fault }) });
    const began = performance.now();
    const reply = await post(teacher, { stream });
    const headers = performance.now() - began;
    await reply.text();
    return { headers };
  };

  test('slow headers', async () => {
    expect((await timed({ type: 'slow', at: 'headers', ms: 120 })).headers).toBeGreaterThan(100);
  });

  test('slow first token: the headers are there long before', async () => {
    const wait = gate();
    const clock = { ...steadyClock, sleep: () => wait.opened };
    const fault = { type: 'slow', at: 'firstToken', ms: 1000 };
    teacher = await start({ clock, faults: plan({ fault }) });
    const reply = await post(teacher, { stream: true });
    expect(reply.status).toBe(200);
    wait.open();
    expect(await reply.text()).toContain('[DONE]');
  });

  test('trickle: byte after byte', async () => {
    teacher = await start({ faults: plan({ fault: { type: 'trickle', bytesPerSecond: 50 } }) });
    const response = await raw(portOf(teacher), requestText(teacher, { stream: true }), 1500);
    expect(response.end).toBe('open');
    const body = rawBody(response);
    expect(body.length).toBeGreaterThan(1);
    expect(body.length).toBeLessThan(120);
  });

  test('stall in the headers: not a byte comes', async () => {
    const response = await wire('stall-headers', true, 200);
    expect([response.end, response.bytes.length]).toEqual(['open', 0]);
  });

  test('stall in the body: half of a JSON text, and of an event', async () => {
    const plain = await wire('stall-body', false, 1500);
    expect(plain.end).toBe('open');
    expect(() => void JSON.parse(rawBody(plain))).toThrow();
    await teacher.close();
    const stream = await wire('stall-body', true, 1500);
    expect(stream.end).toBe('open');
    expect(rawBody(stream).endsWith('\n\n')).toBe(false);
  });

  test('stall in the stream: whole events, then silence', async () => {
    const response = await wire('stall-stream', true, 1500);
    expect(response.end).toBe('open');
    expect(events(rawBody(response))).toHaveLength(3);
    expect(rawBody(response)).not.toContain('keep-alive');
  });

  test('stall in the stream with comments that keep the line alive', async () => {
    const response = await wire('stall-stream-alive', true, 2500);
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
    expect(finishesOf(rawBody(response))).toEqual([null, null, null]);
    await expect
      .poll(() => teacher.ledger.entries[0], { timeout: 60_000 })
      .toMatchObject({ aborted: true });
  });

  test('reset: RST after some bytes', async () => {
    const response = await wire('reset');
    expect(response.end).toBe('reset');
    expect(rawBody(response)).not.toContain('[DONE]');
    await expect
      .poll(() => teacher.ledger.entries[0], { timeout: 60_000 })
      .toMatchObject({ aborted: true, bytesSent: 200 });
  });

  test('[DONE] without a finish reason', async () => {
    const body = rawBody(await wire('done-without-finish'));
    expect(body).toContain('data: [DONE]');
    expect(finishesOf(body).every((reason) => reason === null)).toBe(true);
  });

  test('a finish reason without [DONE]', async () => {
    const body = rawBody(await wire('finish-without-done'));
    expect(body).not.toContain('[DONE]');
    expect(finishesOf(body).at(-1)).toBe('stop');
  });

  test.each([
    ['finish-length', 'length'],
    ['finish-filter', 'content_filter'],
    ['finish-error', 'error'],
    ['finish-null', null],
    ['finish-unknown', 'end_of_days'],
  ])('%s', async (profile, reason) => {
    expect(finishesOf(rawBody(await wire(profile))).at(-1)).toBe(reason);
    await teacher.close();
    const plain = JSON.parse(rawBody(await wire(profile, false)));
    expect(plain.choices[0].finish_reason).toBe(reason);
  });
});
