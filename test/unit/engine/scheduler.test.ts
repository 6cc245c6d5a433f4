import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FinishedAttempt } from '../../../src/core/exam/attempt.ts';
import { Sampler } from '../../../src/engine/sampler.ts';
import { Scheduler, type QueuedItem } from '../../../src/engine/scheduler.ts';
import { StopRules } from '../../../src/engine/stopRules.ts';
import { TokenBytes } from '../../../src/engine/tokenBytes.ts';
import { FakeExamModel } from '../../fakes/fakeExamModel.ts';

const bytes = new TokenBytes({ spelling: 'byte-level', vocab: {}, added: [] });
const EOS = 3;

interface Setting {
  readonly slots: number;
  /** Items are handed out in portions of this size, one per `need`. */
  readonly portion: number;
  readonly maxNewTokens?: number;
}

interface Result {
  readonly attempts: Map<string, FinishedAttempt>;
  readonly model: FakeExamModel;
}

async function sit(items: readonly QueuedItem[], setting: Setting): Promise<Result> {
  const model = new FakeExamModel();
  const attempts = new Map<string, FinishedAttempt>();
  const left = [...items];
  const eosIds = new Set([EOS]);
  const stop = new StopRules(
    { eosIds, maxNewTokens: setting.maxNewTokens ?? 12, stopAtAnswerLine: true },
    bytes,
  );
  const scheduler = new Scheduler({
    model,
    sampler: new Sampler({ temperature: 1, topK: 4, topP: 1 }),
    stop,
    seed: 'seed',
    slots: setting.slots,
    onFinished: (attempt) => {
      const key = `${attempt.questionId}#${attempt.sample}`;
      expect(attempts.has(key)).toBe(false);
      attempts.set(key, attempt);
    },
    onNeed: () =>
      // Answers come later, as they do over a channel.
      setImmediate(() => scheduler.add(left.splice(0, setting.portion), left.length === 0)),
  });
  await scheduler.run();
  expect(attempts.size).toBe(items.length);
  expect(scheduler.progress()).toMatchObject({ finished: items.length, live: 0 });
  return { attempts, model };
}

function questions(count: number, samples: number): QueuedItem[] {
  return Array.from({ length: count }, (_, q) =>
    Array.from({ length: samples }, (_, sample) => ({
      questionId: `q${q}`,
      sample,
      ids: Array.from({ length: 1 + ((q * 7) % 23) }, (_, t) => (q * 5 + t) % 40),
    })),
  ).flat();
}

describe('Scheduler', () => {
  it('gives an item the same attempt in any order, company and number of slots', async () => {
    const items = questions(12, 3);
    const alone = new Map<string, FinishedAttempt>();
    for (const item of items) {
      const { attempts } = await sit([item], { slots: 1, portion: 1 });
      for (const [key, attempt] of attempts) alone.set(key, attempt);
    }
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(items, { minLength: 1 }),
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 40 }),
        async (subset, slots, portion) => {
          const { attempts } = await sit(subset, { slots, portion });
          for (const [key, attempt] of attempts) expect(attempt).toEqual(alone.get(key));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('prefills the samples of a question once', async () => {
    const { model } = await sit(questions(4, 8), { slots: 32, portion: 32 });
    expect(model.calls.filter((call) => call.startsWith('prefill'))).toEqual(['prefill 4']);
  });

  it('keeps prefill groups small', async () => {
    const items = questions(40, 1).map((item, i) => ({
      ...item,
      ids: Array.from({ length: 200 }, (_, t) => (i * 3 + t) % 40),
    }));
    const { model } = await sit(items, { slots: 64, portion: 64 });
    const sizes = model.calls.flatMap((call) =>
      call.startsWith('prefill') ? [Number(call.slice(8))] : [],
    );
    expect(Math.max(...sizes) * 200).toBeLessThanOrEqual(2048);
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(40);
  });

  it('compacts the tail into fewer rows', async () => {
    const items = questions(20, 4);
    const { model } = await sit(items, { slots: 64, portion: 80, maxNewTokens: 40 });
    const decodes = model.calls.flatMap((call) =>
      call.startsWith('decode') ? [Number(call.slice(7))] : [],
    );
    expect(decodes[0]).toBe(64);
    expect(decodes.at(-1)).toBeLessThanOrEqual(8);
  });

  it('refills rows while others are still writing', async () => {
    const { model } = await sit(questions(30, 1), { slots: 8, portion: 30 });
    const firstDecode = model.calls.indexOf('decode 8');
    const lastPrefill = model.calls.findLastIndex((call) => call.startsWith('prefill'));
    expect(lastPrefill).toBeGreaterThan(firstDecode);
  });

  it('notes the smallest margin, and the ids with the end-of-sequence id', async () => {
    const { attempts } = await sit(questions(40, 2), { slots: 16, portion: 80 });
    const all = [...attempts.values()];
    expect(new Set(all.map(({ finish }) => finish))).toEqual(new Set(['eos', 'length']));
    for (const { ids, finish, minMargin } of all) {
      expect(minMargin).toBeCloseTo(0.2, 5);
      expect(ids.at(-1) === EOS).toBe(finish === 'eos');
      expect(ids.length).toBeLessThanOrEqual(12);
    }
  });

  it('rejects with cancelled after the step in progress, also while it waits for items', async () => {
    const model = new FakeExamModel();
    const parts = {
      model,
      sampler: new Sampler({ temperature: 0, topK: 1, topP: 1 }),
      stop: new StopRules(
        { eosIds: new Set<number>(), maxNewTokens: 1e6, stopAtAnswerLine: false },
        bytes,
      ),
      seed: '',
      slots: 4,
      onFinished: () => undefined,
    };
    const waiting: Scheduler = new Scheduler({
      ...parts,
      onNeed: () => setImmediate(() => waiting.cancel()),
    });
    await expect(waiting.run()).rejects.toMatchObject({ code: 'cancelled' });
    const busy: Scheduler = new Scheduler({
      ...parts,
      onNeed: () => {
        busy.add(questions(2, 1), true);
        busy.cancel();
      },
    });
    await expect(busy.run()).rejects.toMatchObject({ code: 'cancelled' });
    expect(model.calls.filter((call) => call.startsWith('decode')).length).toBeLessThanOrEqual(1);
  });
});
