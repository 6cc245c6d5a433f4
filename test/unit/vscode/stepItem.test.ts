import { expect, it, vi } from 'vitest';
import type { RoundFacts } from '../../../src/node/project/roundFacts.ts';
import { roundTooltip, stepLook } from '../../../src/vscode/stepItem.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

it('says of which questions so many are decided: Review itself counts mistakes', () => {
  const facts = { review: { questions: 400, decided: 259 }, summary: { state: {} }, run: null };
  // SAFETY: what the step of the review is told from.
  const look = stepLook('curate', facts as unknown as RoundFacts, 'curate', null);
  expect(look).toMatchObject({
    phase: 'ready',
    description: '259 of 400 with a rationale decided',
  });
});

it('the row of a round says how who sat its exams stood to the student', () => {
  const exams = { dev: { parity: { verdict: 'unchecked', by: 'box' } } };
  const summary = { round: 2, results: [], state: { student: { path: 'models/base' }, exams } };
  // SAFETY: what the row of a round is told from.
  const tooltip = roundTooltip({ summary } as unknown as RoundFacts, null);
  expect(tooltip).toContain('round 2 (dev), server box: not checked');
});
