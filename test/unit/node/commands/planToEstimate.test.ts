import { expect, it } from 'vitest';
import { loadRound, runRounds } from '../../../../src/core/round/runRounds.ts';
import { planToEstimate } from '../../../../src/node/commands/estimateTraining.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

it('a dry run looks at settings that only a fresh run may have, and says so', async () => {
  const { store, ports } = setUp();
  await runRounds(ports, 1);
  const state = await loadRound(ports, 0);
  const same = await planToEstimate(ports, state, false);
  expect(same.refused).toBeNull();
  expect(same.config.runId).toBe(state.training?.runId);
  // The round was trained with something else than the project asks for now.
  store.runs.set('r0-else', { ...same.config, runId: 'r0-else', mode: 'lora' });
  const student = state.training?.student ?? null;
  const trained = { ...state, training: { runId: 'r0-else', student } };
  const other = await planToEstimate(ports, trained, false);
  expect(other.config.mode).toBe('full');
  expect(String(other.refused)).toMatch(/settings \(mode\).* Only tailor train --fresh/u);
  // Nothing was begun by looking.
  expect([...store.runs.keys()]).toEqual(['r0-else']);
});
