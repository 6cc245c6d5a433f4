import { expect, it } from 'vitest';
import type { Progress } from '../../../../src/core/ports.ts';
import { loadRound, runStep } from '../../../../src/core/round/runRounds.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

it('does not take the pace of what an earlier run has settled for the pace of the teacher', async () => {
  const { ports, store } = setUp();
  const examined = await runStep(ports, await loadRound(ports, 0), 'exam', ['train']);
  await runStep(ports, examined, 'teach', []);
  // As if that run had been stopped after three quarters of the questions.
  const items = store.itemsOf.get(0) ?? [];
  const settled = new Set([...new Set(items.map(({ questionId }) => questionId))].slice(0, 45));
  store.itemsOf.set(
    0,
    items.filter(({ questionId }) => settled.has(questionId)),
  );
  const reports: Progress[] = [];
  const report = (progress: Progress): void => void reports.push(progress);
  await runStep({ ...ports, report }, examined, 'teach', []);
  expect(reports.map(({ done }) => done)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
  expect(reports[0]?.etaMs).toBeNull();
  expect(reports.slice(45, -1).every(({ etaMs }) => etaMs !== null && etaMs > 0)).toBe(true);
  expect(reports.at(-1)?.etaMs).toBe(0);
});
