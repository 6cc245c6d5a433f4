import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { thinned } from '../../../../src/core/training/curve.ts';
import { trainerEventSchema } from '../../../../src/core/training/events.ts';
import { sourceCurves } from '../../../../src/core/training/sourceCurves.ts';
import { RunTale, type TaleTexts } from '../../../../src/core/training/runTale.ts';
import { record } from '../../../fakes/trainerRecords.ts';

const TEXTS: TaleTexts = {
  checkpoint: (step) => `checkpoint ${step}`,
  outOfMemory: (from, to) => `memory ${from} ${to}`,
  probed: (epoch, correct, n) => `probed ${epoch} ${correct} ${n}`,
  resumed: (attempt) => `attempt ${attempt}`,
  dropped: (count) => `dropped ${count}`,
  stopped: () => 'stopped',
  done: (steps, seconds) => `done ${steps} ${seconds}`,
};

function told(...events: ReturnType<typeof record>[]): RunTale {
  const tale = new RunTale(TEXTS);
  for (const event of events) {
    expect(trainerEventSchema.parse(event)).toEqual(event);
    tale.take(event);
  }
  return tale;
}

const triplets = { pair: null, cosPos: null, cosNeg: null, activeFrac: null };
const unpaired = { ...triplets, preference: null };
const noPreference = { logpChosen: null, logpRejected: null, margin: null, accuracy: null };

describe('what a run’s records tell', () => {
  it('keeps what probes were answered; a run that went back asks again, and the later answer counts', () => {
    const tale = told(
      record('sample', { questionId: 'a', answer: '1', correct: false }),
      record('sample', { questionId: 'b' }),
      record('eval', { n: 2, correct: 1 }),
      record('sample', { questionId: 'a', answer: '7', correct: true, attempt: 2 }),
      record('sample', { questionId: 'a', epoch: 2, answer: null, correct: false, attempt: 2 }),
    );
    expect(tale.probes.map((one) => [one.questionId, one.epoch, one.answer])).toEqual([
      ['a', 1, '7'],
      ['b', 1, '7'],
      ['a', 2, null],
    ]);
    expect(tale.messages.map(({ text }) => text)).toContain('probed 1 1 2');
  });

  it('is where the run stands, on what and with what', () => {
    const tale = told(
      record('hello'),
      record('ready'),
      record('accepted'),
      record('phase', { name: 'training' }),
      record('metrics', { step: 7 }),
      record('progress', { step: 7, epoch: 0.7, etaMs: 9000 }),
      record('heartbeat', { rssMB: 512 }),
    );
    expect(tale).toMatchObject({
      phase: 'training',
      step: 7,
      steps: 100,
      etaMs: 9000,
      device: 'CPU',
      precision: 'float32',
      coverage: { rows: 30, questions: 10, withPair: 6 },
      memoryMB: 512,
      end: null,
    });
    expect(tale.points).toEqual([expect.objectContaining({ step: 7, lm: 1, pair: 0.5 })]);
  });

  it('keeps messages with their hints', () => {
    const tale = told(
      record('accepted', { droppedCount: 3 }),
      record('checkpoint', { step: 20 }),
      record('oom'),
      record('warning'),
      record('error'),
    );
    expect(tale.messages.map(({ level, text, hint }) => [level, text, hint])).toEqual([
      ['warning', 'dropped 3', null],
      ['info', 'checkpoint 20', null],
      ['warning', 'memory 8 4', null],
      ['warning', 'Careful.', null],
      ['error', 'No memory.', 'Less.'],
    ]);
    expect(tale.end?.type).toBe('error');
  });

  it('forgets the end and the repeated steps of an attempt that another one goes on from', () => {
    const step = (at: number, attempt: number, lm: number) =>
      record('metrics', { step: at, attempt, lm });
    const tale = told(
      step(1, 1, 1),
      step(2, 1, 2),
      step(3, 1, 3),
      record('cancelled'),
      record('hello', { attempt: 2 }),
      step(2, 2, 20),
    );
    expect(tale.end).toBeNull();
    expect(tale.points.map(({ step: at, lm }) => [at, lm])).toEqual([
      [1, 1],
      [2, 20],
    ]);
    expect(tale.messages.map(({ text }) => text)).toEqual(['stopped', 'attempt 2']);
  });

  it('weighs sources by their texts over the last steps, and leaves unknown out instead of counting it as 0', () => {
    const tale = told(
      record('metrics', { step: 1, bySource: { self: { n: 1, lm: 4, ...unpaired } } }),
      record('metrics', {
        step: 2,
        bySource: {
          self: { n: 3, lm: 0, pair: 2, cosPos: 0.9, cosNeg: 0.5, activeFrac: 1, preference: null },
          human: { n: 2, lm: null, ...unpaired },
        },
      }),
    );
    expect(tale.bySource).toEqual({
      steps: 2,
      means: {
        self: { n: 4, lm: 1, pair: 2, cosPos: 0.9, cosNeg: 0.5, activeFrac: 1, ...noPreference },
        human: { n: 2, lm: null, ...triplets, ...noPreference },
      },
    });
  });

  it('weighs what is known of preferences by their pairs, which need no text of the same step', () => {
    const preference = { logpChosen: -1, logpRejected: -2, margin: 1, accuracy: 1 };
    const tale = told(
      record('metrics', {
        step: 1,
        preference: { pairs: 4, ...preference, accuracy: 0.75 },
        bySource: {
          self: { n: 5, lm: 4, ...unpaired, pair: 1, preference: { pairs: 1, ...preference } },
        },
      }),
      record('metrics', {
        step: 2,
        bySource: {
          self: {
            ...{ n: 0, lm: null, ...unpaired, pair: 2 },
            preference: { pairs: 3, ...preference, logpChosen: -5, margin: null, accuracy: 0 },
          },
        },
      }),
    );
    expect(tale.points[0]).toMatchObject({ logpChosen: -1, accuracy: 0.75, cosPos: 0.9 });
    expect(tale.points[1]).toMatchObject(noPreference);
    expect(tale.bySource.means).toEqual({
      self: {
        ...{ n: 5, lm: 4, ...triplets, pair: 1.75 },
        ...{ logpChosen: -4, logpRejected: -2, margin: 1, accuracy: 0.25 },
      },
    });
  });

  it('says how far the reference is while that is what is done', () => {
    const asking = [
      record('phase', { name: 'referencing' }),
      record('reference', { done: 3, of: 12 }),
    ];
    expect(told(...asking)).toMatchObject({ phase: 'referencing', part: { done: 3, of: 12 } });
    expect(told(...asking, record('phase', { name: 'probing' })).part).toBeNull();
  });
});

describe('the loss by source over the run', () => {
  it('forgets, as every curve, the steps that are repeated', () => {
    const step = (at: number, attempt: number, lm: number) =>
      record('metrics', { step: at, attempt, bySource: { self: { n: 2, lm, ...unpaired } } });
    const tale = told(step(1, 1, 1), step(2, 1, 9), record('hello', { attempt: 2 }), step(2, 2, 3));
    expect(tale.sourceCurves).toEqual([
      {
        source: 'self',
        points: [
          { step: 1, lm: 1 },
          { step: 2, lm: 3 },
        ],
      },
    ]);
  });

  it('is the mean of stretches, weighted by texts, with no point where a source has none', () => {
    const at = (step: number, n: number, lm: number | null, other: number | null) => ({
      step,
      bySource: { self: { n, lm }, human: { n: 1, lm: other } },
    });
    const steps = [at(1, 1, 5, null), at(2, 3, 1, null), at(3, 0, 7, 2), at(4, 2, null, 4)];
    expect(sourceCurves(steps, 2)).toEqual([
      { source: 'self', points: [{ step: 2, lm: 2 }] },
      { source: 'human', points: [{ step: 4, lm: 3 }] },
    ]);
    expect(sourceCurves([], 2)).toEqual([]);
  });

  it('stays small however long the run is', () => {
    const steps = Array.from({ length: 12_345 }, (_, step) => ({
      step,
      bySource: { self: { n: 1, lm: step } },
    }));
    const [curve] = sourceCurves(steps);
    expect(curve?.points.length).toBeLessThanOrEqual(100);
    expect(curve?.points.at(-1)?.step).toBe(12_344);
  });
});

describe('a thinned curve', () => {
  const pointsOf = (values: readonly (number | null)[]) =>
    values.map((lm, step) => ({ step, lm, pair: lm === null ? null : -lm }));

  it('keeps few points as they are', () => {
    const points = pointsOf([1, 2, 3]);
    expect(thinned(points, 600)).toBe(points);
  });

  it('has at most so many points, in order, with the ends and every extreme', () => {
    const value = fc.option(fc.integer({ min: -1000, max: 1000 }), { nil: null });
    fc.assert(
      fc.property(fc.array(value, { minLength: 700, maxLength: 3000 }), (values) => {
        const points = pointsOf(values);
        const kept = thinned(points, 600);
        expect(kept.length).toBeLessThanOrEqual(600);
        expect(kept[0]).toBe(points[0]);
        expect(kept.at(-1)).toBe(points.at(-1));
        const steps = kept.map(({ step }) => step);
        expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
        const known = (of: readonly { lm: number | null }[]) =>
          of.map(({ lm }) => lm).filter((lm) => lm !== null);
        if (known(points).length === 0) return;
        expect(Math.max(...known(kept))).toBe(Math.max(...known(points)));
        expect(Math.min(...known(kept))).toBe(Math.min(...known(points)));
      }),
      { numRuns: 30 },
    );
  });
});
