import { expect, it } from 'vitest';
import { AppError } from '../../../../src/core/errors.ts';
import { loadRound, runRounds, runStep } from '../../../../src/core/round/runRounds.ts';
import type { RoundState } from '../../../../src/core/round/state.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

/** A round that is trained; then a fresh run of it that fails, with or without a checkpoint of its own. */
async function failedFresh(hasCheckpoint: boolean) {
  const { store, ports, trainer } = setUp();
  await runRounds(ports, 1);
  const before = await loadRound(ports, 0);
  const failing = {
    run: (...[, config]: Parameters<typeof trainer.run>): ReturnType<typeof trainer.run> => {
      store.runs.set(config.runId, config);
      store.trained.set(config.runId, 3);
      if (hasCheckpoint) store.binding.add(config.runId);
      return Promise.reject(new AppError('trainer.crashed', 'No such package.'));
    },
  };
  const taken = before.training?.runId ?? '';
  store.runs.set(taken, { mode: 'full' });
  const step = runStep({ ...ports, trainer: failing }, before, 'train', [], { fresh: true });
  await expect(step).rejects.toMatchObject({ code: 'trainer.crashed' });
  return { store, ports, trainer, before, taken };
}

it('a fresh run that never took a step leaves the round its finished student', async () => {
  const { store, ports, trainer, before, taken } = await failedFresh(false);
  const after = await store.state(0);
  expect(after?.training).toEqual(before.training);
  expect(after?.training?.student).not.toBeNull();
  // What it took is time spent all the same.
  expect(after?.seconds['train']).toBe((before.seconds['train'] ?? 0) + 3);
  expect(store.runs.has(`${taken}-2`)).toBe(true);
  const begun = trainer.runs.length;
  const again = await runStep(ports, await loadRound(ports, 0), 'train', []);
  expect(again.training?.runId).toBe(taken);
  // The same run is followed, which its trainer finds done.
  expect(trainer.runs.slice(begun)).toEqual([trainer.runs[0]]);
});

it('one that has a checkpoint stays the round’s, and remembers the finished one', async () => {
  const { store, ports, before, taken } = await failedFresh(true);
  const after = await store.state(0);
  expect(after?.training).toMatchObject({ runId: `${taken}-2`, student: null });
  expect(after?.training?.before).toMatchObject({ runId: taken });
  const done = await runStep(ports, await loadRound(ports, 0), 'train', []);
  expect(done.training).toMatchObject({
    runId: `${taken}-2`,
    student: { path: expect.any(String) },
  });
  expect(done.training?.before).toBeUndefined();
  expect(done.training?.student).not.toEqual(before.training?.student);
});

it('a killed start with nothing of it left goes back to the finished run', async () => {
  const { store, ports, taken, before } = await failedFresh(false);
  const killed: RoundState = {
    ...before,
    training: {
      runId: 'r0-other',
      student: null,
      ...(before.training?.student
        ? { before: { runId: taken, student: before.training.student } }
        : {}),
    },
  };
  store.runs.set('r0-other', { mode: 'qlora' });
  await store.saveState(killed);
  const again = await runStep(ports, killed, 'train', []);
  expect(again.training).toMatchObject({ runId: taken, student: before.training?.student });
});
