import { expect, it, vi } from 'vitest';
import type { RoundFacts } from '../../../src/node/project/roundFacts.ts';
import { stepLook } from '../../../src/vscode/stepItem.ts';

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
