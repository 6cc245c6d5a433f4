import { expect, it } from 'vitest';
import { cancelled } from '../../../../src/core/errors.ts';
import { loadRound, runRounds, runStep } from '../../../../src/core/round/runRounds.ts';
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
