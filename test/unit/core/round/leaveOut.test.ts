import { expect, it } from 'vitest';
import { cancelled } from '../../../../src/core/errors.ts';
import { runRounds } from '../../../../src/core/round/runRounds.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

const ID = 'train-5';

it('trains on no question that a person left out of the round, and counts it', async () => {
  const { store, ports } = setUp();
  await runRounds(ports, 2, (_, step) => {
    if (step === 'freeze') throw cancelled();
  }).catch(() => undefined);
  const author = { kind: 'person', name: 'ana' } as const;
  await store.decide(0, [{ type: 'leave-out', author, questionId: ID }]);
  // Its training checks the frozen set against the files.
  await runRounds(ports, 2);
  expect(store.rows.get(0)?.some(({ id }) => id === ID)).toBe(false);
  expect(store.manifests.get(0)?.coverage.uncovered['left out']).toBe(1);
  expect(store.rows.get(0)).toHaveLength(59);
  // It was left out of that round, not of the project.
  expect(store.rows.get(1)?.some(({ id }) => id === ID)).toBe(true);
});
