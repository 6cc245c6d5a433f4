import { expect, it } from 'vitest';
import { cancelled } from '../../../../src/core/errors.ts';
import { loadRound, runRounds, runStep } from '../../../../src/core/round/runRounds.ts';
import {
  openRound,
  reduceRound,
  roundStateSchema,
  type RoundEvent,
  type RoundState,
} from '../../../../src/core/round/state.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

it('counts a training from its trainer’s start: what was waited for before, and between its attempts, is none', async () => {
  const { store, ports, trainer } = setUp();
  await runRounds(ports, 1);
  const frozen = await loadRound(ports, 0);
  // As it was when the set was frozen.
  const { train: _train, ...seconds } = frozen.seconds;
  await store.saveState({ ...frozen, training: null, seconds });
  const [first = ''] = trainer.runs.map((folder) => folder.split('/').at(-1) ?? '');
  const inTraining = async () => (await store.state(0))?.seconds['train'];

  /** A trainer whose records say so much after a person was waited for, and which then stops or is done. */
  const runFor = async (trained: number, ends: 'stopped' | 'done', fresh = false) => {
    const waiting = {
      run: async (...about: Parameters<typeof trainer.run>) => {
        await ports.clock.sleep(3_600_000, ports.signal);
        store.trained.set(about[1].runId, trained);
        store.runs.set(about[1].runId, about[1]);
        if (ends === 'stopped') throw cancelled();
        return trainer.run(...about);
      },
    };
    const state = await loadRound(ports, 0);
    const step = runStep({ ...ports, trainer: waiting }, state, 'train', [], { fresh });
    if (ends === 'stopped') await expect(step).rejects.toMatchObject({ code: 'cancelled' });
    else await step;
  };

  await runFor(0, 'stopped');
  expect(await inTraining()).toBeUndefined();
  await runFor(40, 'stopped');
  expect(await inTraining()).toBe(40);
  // It went on without anybody following it, and is resumed: all of its attempts count, once.
  await runFor(100, 'done');
  expect(await inTraining()).toBe(100);
  expect((await store.state(0))?.training).toMatchObject({ runId: first, seconds: 100 });
  // Another run of the same round is time spent in the same stage.
  await runFor(7, 'done', true);
  expect(await inTraining()).toBe(107);
});

it('an exam that has all its answers takes no time, however often it is asked for', async () => {
  const { store, ports, student } = setUp();
  const slow = {
    ...ports,
    student: {
      identify: (folder: string) => student.identify(folder),
      checkParity: async () => {
        await ports.clock.sleep(60_000, ports.signal);
        return student.checkParity();
      },
      sit: (...about: Parameters<typeof student.sit>) => student.sit(...about),
    },
  };
  const sit = async () => runStep(slow, await loadRound(slow, 0), 'exam', ['train', 'dev']);
  const { exam = 0 } = (await sit()).seconds;
  expect(exam).toBeGreaterThan(60);
  expect((await sit()).seconds['exam']).toBe(exam);
  expect((await store.state(0))?.seconds['exam']).toBe(exam);
  store.attemptsOf.get('0/dev')?.pop();
  expect((await sit()).seconds['exam']).toBeGreaterThan(exam + 60);
});

it('counts nothing twice where an older file, stopped in training, does not say what of the time is the run’s', () => {
  const older = (train: number) =>
    roundStateSchema.parse({
      ...openRound(0, { path: 'models/base', digest: 'd' }),
      frozen: { trainSha256: 'f' },
      training: { runId: 'r0-1', student: null },
      seconds: { train },
    });
  const after = (state: RoundState, ...events: RoundEvent[]) =>
    events.reduce(reduceRound, state).seconds['train'];
  const run = (seconds: number): RoundEvent => ({ type: 'trained-for', runId: 'r0-1', seconds });
  const student = { path: 'models/next', digest: 'e' };

  // Booked by the clock until it was stopped: a little more than what the trainer itself recorded.
  expect(after(older(45), run(40))).toBe(45);
  expect(after(older(45), { type: 'training-started', runId: 'r0-1' }, run(100))).toBe(100);
  expect(after(older(45), run(40), run(100))).toBe(100);
  expect(after(older(45), run(100), run(130))).toBe(130);
  expect(after(older(45), { type: 'trained', runId: 'r0-1', student }, run(100))).toBe(100);
  // A further run of the same round is all its own, and so is what is booked from its start on.
  const next: RoundEvent = { type: 'training-started', runId: 'r0-2' };
  expect(after(older(45), next, { type: 'trained-for', runId: 'r0-2', seconds: 7 })).toBe(52);
  const other: RoundEvent = { type: 'trained', runId: 'r0-2', student };
  expect(after(older(45), other, { type: 'trained-for', runId: 'r0-2', seconds: 7 })).toBe(52);
});
