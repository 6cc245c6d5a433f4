import { describe, expect, test } from 'vitest';
import type { Progress } from '../../../../src/core/ports.ts';
import { trainerEventSchema } from '../../../../src/core/training/events.ts';
import { notResponding, progressAfter, STARTING } from '../../../../src/node/trainer/progressOf.ts';
import { SilenceWatch } from '../../../../src/node/trainer/silence.ts';
import { asWritten } from '../../../fakes/asWritten.ts';

function after(...records: readonly object[]): Progress {
  return records.reduce<Progress>(
    (shown, record, seq) =>
      progressAfter(
        shown,
        trainerEventSchema.parse({ v: 1, seq, attempt: 1, t: '', runId: 'run-one', ...record }),
      ),
    STARTING,
  );
}
const training = { type: 'phase', name: 'training' };
const step = { type: 'progress', step: 3, steps: 8, epoch: 0.4, etaMs: 5000 };

describe('what is shown of a run', () => {
  test('phase, steps and time left', () => {
    expect(asWritten(after(training, step))).toEqual({
      stage: 'training',
      done: 3,
      total: 8,
      etaMs: 5000,
    });
  });

  test('how far the starting student has been asked', () => {
    const asking = { type: 'phase', name: 'referencing' };
    expect(String(after(asking).stage)).toBe('referencing');
    const asked = after(asking, { type: 'reference', done: 3, of: 12 });
    expect(asWritten(asked)).toMatchObject({ stage: 'referencing (3 of 12)', done: 0 });
    expect(asWritten(after(asking, training))).toMatchObject({ stage: 'training' });
  });

  test('no time left is promised outside training', () => {
    const saving = { type: 'phase', name: 'saving' };
    expect(asWritten(after(training, step, saving))).toMatchObject({
      stage: 'saving',
      done: 3,
      etaMs: null,
    });
  });

  test('fault: clock jumps back: no negative time left', () => {
    expect(after(training, { ...step, etaMs: -20 }).etaMs).toBeNull();
  });

  test('a note lasts until the next record that changes something', () => {
    const oom = { type: 'oom', microBatch: 8, newMicroBatch: 4 };
    expect(String(after(training, oom).note)).toBe('memory ran out: micro-batch 8 → 4');
    expect(after(training, oom, step)).not.toHaveProperty('note');
  });

  test('a run that goes on begins at its last checkpoint, until its trainer names the step', () => {
    const hello = trainerEventSchema.parse({
      ...{ v: 1, seq: 9, attempt: 2, t: '', runId: 'run-one', type: 'hello', protocol: [1] },
      ...{ version: '', python: '', torch: null, transformers: null, pid: 1, startTime: '' },
      ...{ host: '', nonce: '' },
    });
    const begun = progressAfter(after(training, step), hello, 2);
    expect(asWritten(begun)).toEqual({ stage: 'starting', done: 2, total: 8, etaMs: null });
    expect(progressAfter(after(training, step), hello).done).toBe(0);
    const went = after(training, step, { ...step, step: 2, etaMs: null });
    expect(asWritten(went)).toMatchObject({ done: 2, etaMs: null });
  });

  test('silence is a note on what was shown last', () => {
    expect(asWritten(notResponding(after(training, step), 61_000))).toEqual({
      stage: 'training',
      done: 3,
      total: 8,
      etaMs: null,
      note: 'not responding for 61 s; it is left running',
    });
  });
});

describe('silence', () => {
  test('is noticed after 60 s without a record and forgotten with the next one', () => {
    const watch = new SilenceWatch(1000);
    expect(watch.silentFor(60_999)).toBeNull();
    expect(watch.silentFor(61_000)).toBe(60_000);
    watch.heard(61_500);
    expect(watch.silentFor(62_000)).toBeNull();
  });

  test('fault: clock jumps back: silence is counted from the new time', () => {
    const watch = new SilenceWatch(1_000_000);
    expect(watch.silentFor(500)).toBeNull();
    expect(watch.silentFor(60_500)).toBe(60_000);
  });
});
