import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { AppError } from '../../src/core/errors.ts';
import { teacherRecordSchema } from '../../src/core/teaching/records.ts';
import { teachQuestion } from '../../src/core/teaching/teachQuestion.ts';
import { DEFAULT_TEMPLATES, parseTemplate } from '../../src/core/teaching/templates.ts';
import { openJournal } from '../../src/node/storage/journal.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';
import { mostTokens } from '../../src/node/teacher/budget.ts';
import type { CreateTeacherOptions } from '../../src/node/teacher/createTeacher.ts';
import type { Endpoint } from '../../src/node/teacher/endpoint.ts';
import {
  GOOD_REPLY,
  PROMPT_TOKENS,
  startFaultServer,
  type Fault,
  type FaultServer,
  type RateLimit,
  type Seen,
} from '../fakes/faultServer.ts';
import { gate } from '../fakes/gate.ts';
import { endpointFor, never, newBench, requestFor, type Bench } from '../fakes/teacherBench.ts';

/** For what must come: a slow machine takes its time. */
const PATIENCE = { timeout: 60_000 };

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function serve(
  plan: (nth: number, seen: Seen) => Fault,
  limit?: RateLimit,
): Promise<FaultServer> {
  const server = await startFaultServer(plan, limit);
  undo.push(() => server.close());
  return server;
}

async function bench(): Promise<Bench> {
  const made = await newBench();
  undo.push(() => made.dispose());
  return made;
}

describe('the ledger is the cache', () => {
  it('serves an earlier reply, across rounds and restarts, and never pays for it again', async () => {
    const server = await serve(() => ({ kind: 'reply' }));
    const place = await bench();
    const first = await place.open(endpointFor(server.baseURL));
    const reply = await first.teacher.ask(requestFor('q1'), never);
    expect(await first.teacher.ask(requestFor('q1'), never)).toEqual(reply);
    await first.close();
    const second = await place.open(endpointFor(server.baseURL), { round: 1, writer: 'w2' });
    expect((await second.teacher.ask(requestFor('q1'), never)).text).toBe(reply.text);
    await second.teacher.ask(requestFor('q1', 1), never);
    expect(server.seen).toHaveLength(2);
    expect(second.teacher.spending()).toMatchObject({ requests: 1, cacheHits: 1 });
  });

  it('asks once for the same request made twenty times at once', async () => {
    const server = await serve(() => ({ kind: 'reply', delayMs: 30 }));
    const { teacher } = await (await bench()).open(endpointFor(server.baseURL));
    await Promise.all(Array.from({ length: 20 }, () => teacher.ask(requestFor('q1'), never)));
    expect(server.seen).toHaveLength(1);
    expect(teacher.spending()).toMatchObject({ requests: 1, cacheHits: 19 });
  });

  it('sends one request first, then as many as allowed', async () => {
    // The server answers when the test has looked: how fast anything is does not matter.
    const [first, others] = [gate(), gate()];
    const server = await serve((nth) => ({
      kind: 'reply',
      until: nth === 1 ? first.opened : others.opened,
    }));
    const { teacher } = await (await bench()).open(endpointFor(server.baseURL, { concurrency: 5 }));
    const all = Array.from({ length: 21 }, (_, i) => teacher.ask(requestFor(`q${i}`), never));
    await expect.poll(() => server.seen.length, PATIENCE).toBeGreaterThan(0);
    // All have been asked for by now, and only one was let go.
    expect(teacher.peak).toBe(1);
    expect(server.seen).toHaveLength(1);
    first.open();
    await expect.poll(() => server.seen.length, PATIENCE).toBeGreaterThan(5);
    expect(teacher.peak).toBe(5);
    expect(server.seen).toHaveLength(6);
    others.open();
    await Promise.all(all);
    expect(server.peak()).toBe(5);
    expect(teacher.peak).toBe(5);
  });

  it('maps replies by request, whatever their order, and keeps the same books as the server', async () => {
    const server = await serve((_, { body }) => {
      const name = /Solve (\S+)/u.exec(body.messages[1]?.content ?? '')?.[1] ?? '';
      const text = `${name}.\nAnswer: 1\nEND`;
      return { kind: 'reply', text, delayMs: randomInt(20) };
    });
    const { teacher } = await (await bench()).open(endpointFor(server.baseURL));
    const names = Array.from({ length: 60 }, (_, i) => `q${i}`);
    const replies = await Promise.all(names.map((name) => teacher.ask(requestFor(name), never)));
    expect(replies.map(({ text }) => text.split('.')[0])).toEqual(names);
    const { requests, promptTokens, completionTokens } = teacher.spending();
    expect(requests).toBe(server.seen.length);
    expect(promptTokens).toBe(60 * PROMPT_TOKENS);
    expect(promptTokens + completionTokens).toBe(
      server.seen.reduce((sum, { billed }) => sum + billed, 0),
    );
  });

  it('says so when the server changes its model within a round', async () => {
    const server = await serve((nth) => ({
      kind: 'reply',
      more: nth === 3 ? { model: 'fault-2' } : {},
    }));
    const place = await bench();
    const { teacher } = await place.open(endpointFor(server.baseURL));
    const drifts: boolean[] = [];
    for (const name of ['q1', 'q2', 'q3', 'q4']) {
      drifts.push(teacher.drifted(await teacher.ask(requestFor(name), never)));
    }
    expect(drifts).toEqual([false, false, true, false]);
    expect(place.warnings).toHaveLength(1);
  });

  it('runs a question’s ladder and resumes it without a request', async () => {
    const server = await serve((nth) => ({
      kind: 'reply',
      text: `Way ${nth}: 3 * 4 = 12.\n12 - 5 = 7.\nAnswer: 7\nEND`,
    }));
    const place = await bench();
    const task = {
      purpose: 'annotate' as const,
      question: { id: 'q1', question: '3 bags of 4 apples, 5 eaten. Left?', answer: '7' },
      wanted: 2,
      previous: [],
      existingTexts: [],
      template: parseTemplate('annotate', DEFAULT_TEMPLATES.annotate),
      limits: { maxSteps: 8, maxCharacters: 800 },
      temperature: 0.7,
      maxTokens: 100,
      signal: never,
    };
    const first = await place.open(endpointFor(server.baseURL));
    const taught = await teachQuestion({ ...task, teacher: first.teacher });
    expect(taught.settled).toBe('enough');
    await first.close();
    const second = await place.open(endpointFor(server.baseURL), { writer: 'w2' });
    expect(await teachQuestion({ ...task, teacher: second.teacher })).toEqual(taught);
    expect(server.seen).toHaveLength(2);
  });
});

describe('fault: budget reached with 16 in flight', () => {
  it.each(Array.from({ length: 12 }, (_, i) => i))(
    'fault: budget reached with 16 in flight, random costs, run %d: never above the cap',
    async (run) => {
      const maxTokens = 100;
      const server = await serve(() => ({
        kind: 'reply',
        text: `${'z'.repeat(randomInt(1, maxTokens - 4))}\nEND`,
        delayMs: randomInt(8),
      }));
      const budget =
        run % 2 === 0
          ? { maxRequests: 10_000, maxTotalTokens: 1500 + run * 97 }
          : { maxRequests: 3 + run, maxTotalTokens: 1_000_000 };
      const opened = await (await bench()).open(endpointFor(server.baseURL), { budget });
      const all = Array.from({ length: 60 }, (_, i) =>
        opened.teacher.ask({ ...requestFor(`q${i}`), maxTokens }, never),
      );
      const settled = await Promise.allSettled(all);
      const reasons = settled.flatMap((one) =>
        one.status === 'rejected' ? [(one.reason as AppError).code] : [],
      );
      expect(new Set(reasons)).toEqual(new Set(['teacher.budget']));
      const tokens = server.seen.reduce((sum, { billed }) => sum + billed, 0);
      expect(tokens).toBeLessThanOrEqual(budget.maxTotalTokens);
      expect(server.seen.length).toBeLessThanOrEqual(budget.maxRequests);
      if (run % 2 === 1) expect(server.seen).toHaveLength(budget.maxRequests);
    },
  );

  it.each([
    ['a context that is too long', { kind: 'status', status: 413 }],
    ['a rate limit', { kind: 'status', status: 429, headers: { 'retry-after-ms': '1' } }],
    ['a bad request', { kind: 'status', status: 400 }],
  ] satisfies readonly (readonly [string, Fault])[])(
    'fault: budget reached with 16 in flight: requests that %s turned away are requests',
    async (_, fault) => {
      const server = await serve(() => fault);
      const place = await bench();
      const budget = { maxRequests: 4, maxTotalTokens: 1_000_000 };
      const options = { breaker: 1000 };
      const ask = async (writer: string, ids: readonly string[]): Promise<void> => {
        const opened = await place.open(endpointFor(server.baseURL), { budget, writer, options });
        const all = ids.map((id) => opened.teacher.ask(requestFor(id), never));
        await Promise.allSettled(all);
        await opened.close();
      };
      await ask('w1', ['q1', 'q2', 'q3']);
      expect(server.seen.length).toBeGreaterThanOrEqual(3);
      expect(server.seen.length).toBeLessThanOrEqual(4);
      await ask('w2', ['q4', 'q5', 'q6']);
      expect(server.seen).toHaveLength(4);
    },
  );

  it('fault: budget reached with 16 in flight: money is never exceeded, also across an interruption', async () => {
    const prices = { inputPerMillion: 2000, outputPerMillion: 8000, currency: 'USD' };
    const server = await serve(() => ({
      kind: 'reply',
      text: `${'z'.repeat(randomInt(1, 90))}\nEND`,
      delayMs: randomInt(8),
    }));
    const place = await bench();
    const budget = { maxRequests: 10_000, maxTotalTokens: 10_000_000, maxCost: 4 };
    const endpoint = endpointFor(server.baseURL, { prices });
    const ask = async (writer: string, from: number): Promise<void> => {
      const opened = await place.open(endpoint, { budget, writer });
      const all = Array.from({ length: 30 }, (_, i) =>
        opened.teacher.ask(requestFor(`q${from + i}`), never),
      );
      const codes = (await Promise.allSettled(all)).flatMap((one) =>
        one.status === 'rejected' ? [(one.reason as AppError).code] : [],
      );
      expect(new Set(codes)).toEqual(new Set(['teacher.budget']));
      await opened.close();
    };
    await ask('w1', 0);
    const afterFirst = server.seen.length;
    expect(afterFirst).toBeGreaterThan(1);
    await ask('w2', 100);
    const written = server.seen.reduce((sum, { billed }) => sum + billed, 0);
    const read = server.seen.length * PROMPT_TOKENS;
    const billed = (read * 2000 + (written - read) * 8000) / 1e6;
    expect(billed).toBeLessThanOrEqual(budget.maxCost);
    const costs = (await place.records()).map((one) => (one.type === 'reply' ? one.cost : 0));
    expect(costs.reduce((sum: number, cost) => sum + (cost ?? Number.NaN), 0)).toBeCloseTo(billed);
    const third = await place.open(endpointFor(server.baseURL), { budget, writer: 'w3' });
    expect((await third.teacher.ask(requestFor('free'), never)).cost).toBeUndefined();
  });

  it('fault: budget reached with 16 in flight: what broke off counts in full, also after a restart', async () => {
    const server = await serve(() => ({ kind: 'cut', how: 'end' }));
    const place = await bench();
    const { messages, maxTokens } = requestFor('q1');
    const most = mostTokens(messages, maxTokens);
    const budget = { maxRequests: 100, maxTotalTokens: 3 * most };
    for (const writer of ['w1', 'w2']) {
      const options = { attempts: 50 };
      const opened = await place.open(endpointFor(server.baseURL), {
        budget,
        writer,
        options,
      });
      await expect(opened.teacher.ask(requestFor('q1'), never)).rejects.toMatchObject({
        code: 'teacher.budget',
      });
      expect(server.seen).toHaveLength(3);
      await opened.close();
    }
  });

  it.each([
    ['as it says', 0.5, 'teacher.budget'],
    ['or, where it says nothing, at the dearer price', undefined, 'teacher.budget'],
    ['and goes on where that leaves room', 0.01, null],
  ])(
    'fault: budget reached with 16 in flight: a request lost with its process counts in full, %s',
    async (_, reservedCost, code) => {
      const server = await serve(() => ({ kind: 'reply' }));
      const place = await bench();
      const lost = await openJournal(join(place.folder, '0', 'teacher', 'w0.jsonl'), {
        schema: teacherRecordSchema,
        writer: 'w0',
        clock: systemClock,
      });
      await lost.append({
        type: 'intent',
        key: 'a'.repeat(64),
        questionId: 'q0',
        purpose: 'annotate',
        draw: 0,
        profile: 'test',
        model: 'fault-1',
        templateId: 't',
        templateHash: 'h',
        reservedTokens: 1000,
        ...(reservedCost === undefined ? {} : { reservedCost }),
      });
      await lost.close();
      const prices = { inputPerMillion: 100, outputPerMillion: 400, currency: 'USD' };
      const budget = { maxRequests: 100, maxTotalTokens: 1_000_000, maxCost: 0.4 };
      const { teacher, quarantined } = await place.open(endpointFor(server.baseURL, { prices }), {
        budget,
      });
      expect(quarantined).toEqual([]);
      const asked = await Promise.allSettled([teacher.ask(requestFor('q1'), never)]);
      const codes = asked.map((one) =>
        one.status === 'rejected' ? (one.reason as AppError).code : null,
      );
      expect(codes).toEqual([code]);
      expect(server.seen).toHaveLength(code === null ? 1 : 0);
    },
  );

  it('fault: budget reached with 16 in flight: an interrupted round goes on with what is left', async () => {
    const server = await serve(() => ({ kind: 'reply' }));
    const place = await bench();
    const budget = { maxRequests: 3, maxTotalTokens: 1_000_000 };
    const first = await place.open(endpointFor(server.baseURL), { budget });
    await first.teacher.ask(requestFor('q1'), never);
    await first.teacher.ask(requestFor('q2'), never);
    await first.close();
    const second = await place.open(endpointFor(server.baseURL), { budget, writer: 'w2' });
    await second.teacher.ask(requestFor('q1'), never);
    await second.teacher.ask(requestFor('q3'), never);
    await expect(second.teacher.ask(requestFor('q4'), never)).rejects.toMatchObject({
      code: 'teacher.budget',
    });
    expect(server.seen).toHaveLength(3);
  });
});

describe('fault: cancel at any time', () => {
  const scenes: readonly [string, Fault, Partial<Endpoint>, Partial<CreateTeacherOptions>][] = [
    ['in flight', { kind: 'hang', after: 'nothing' }, {}, {}],
    ['while streaming', { kind: 'hang', after: 'words' }, {}, {}],
    [
      'in a back-off',
      { kind: 'status', status: 500 },
      {},
      { options: { backoff: { baseMs: 600_000, capMs: 600_000 } } },
    ],
    [
      'in a rate-limit wait',
      { kind: 'status', status: 429, headers: { 'retry-after': '500' } },
      {},
      {},
    ],
    ['while paced', { kind: 'reply', delayMs: 1 }, { initialRate: 0.001, maxRate: 0.001 }, {}],
    ['while queued', { kind: 'hang', after: 'headers' }, { concurrency: 1 }, {}],
  ];
  it.each(scenes)('fault: cancel at any time: %s', async (_, fault, endpoint, options) => {
    const server = await serve(() => fault);
    const place = await bench();
    // Every wait is longer than this test may take: only a request that ends at once lets it pass.
    const slow = { deadlines: { firstTokenMs: 600_000, idleMs: 600_000, totalMs: 600_000 } };
    const opened = await place.open(endpointFor(server.baseURL, { ...slow, ...endpoint }), options);
    const control = new AbortController();
    const all = ['q1', 'q2', 'q3'].map((name) =>
      opened.teacher.ask(requestFor(name), control.signal),
    );
    const settled = Promise.allSettled(all);
    await expect.poll(() => server.seen.length, PATIENCE).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 60));
    control.abort();
    const codes = (await settled).map((one) =>
      one.status === 'rejected' ? (one.reason as AppError).code : 'done',
    );
    expect(codes.filter((code) => code === 'cancelled').length).toBeGreaterThanOrEqual(2);
  });

  it('fault: cancel at any time, at random points, loses and repeats nothing', async () => {
    const server = await serve(() => ({ kind: 'reply', delayMs: randomInt(6) }));
    const place = await bench();
    const names = Array.from({ length: 40 }, (_, i) => `q${i}`);
    const done = new Set<string>();
    for (let run = 0; run < 12 && done.size < names.length; run += 1) {
      const opened = await place.open(endpointFor(server.baseURL, { concurrency: 4 }), {
        writer: `w${run}`,
      });
      const control = new AbortController();
      const timer = setTimeout(() => control.abort(), run === 11 ? 60_000 : randomInt(5, 80));
      await Promise.allSettled(
        names.map(async (name) => {
          await opened.teacher.ask(requestFor(name), control.signal);
          done.add(name);
        }),
      );
      clearTimeout(timer);
      await opened.close();
    }
    expect(done.size).toBe(names.length);
    const records = await place.records();
    const whole = records.filter((one) => one.type === 'reply' && one.finishReason === 'stop');
    expect(new Set(whole.map(({ questionId }) => questionId)).size).toBe(names.length);
    expect(whole).toHaveLength(names.length);
  });

  it('leaves no timer or listener behind after it is closed', async () => {
    const server = await serve(() => ({ kind: 'reply' }));
    const place = await bench();
    const control = new AbortController();
    const opened = await place.open(endpointFor(server.baseURL));
    await opened.teacher.ask(requestFor('q1'), control.signal);
    await opened.close();
    await expect(opened.teacher.ask(requestFor('q2'), never)).rejects.toMatchObject({
      code: 'cancelled',
    });
    const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
    expect(timers.length).toBeLessThanOrEqual(2);
  });
});

describe('pacing against a real limit', () => {
  it.each([true, false])(
    'loses nothing under 40 requests a second (announced: %s)',
    async (announce) => {
      const server = await serve(() => ({ kind: 'reply', delayMs: 10 }), {
        perSecond: 40,
        burst: 10,
        announce,
      });
      const opened = await (
        await bench()
      ).open(endpointFor(server.baseURL, { initialRate: 16, maxRate: 1000 }), {
        options: { cooldownMs: 500 },
      });
      const all = Array.from({ length: 120 }, (_, i) =>
        opened.teacher.ask(requestFor(`q${i}`), never),
      );
      const replies = await Promise.all(all);
      expect(replies.every(({ text }) => text === GOOD_REPLY)).toBe(true);
      // How many are refused depends on the machine: `npm run bench -- teacher` measures it on a quiet one.
      expect(server.seen).toHaveLength(all.length + server.refused());
      const { requests, possiblyBilled } = opened.teacher.spending();
      expect([requests, possiblyBilled]).toEqual([server.seen.length, 0]);
    },
  );
});
