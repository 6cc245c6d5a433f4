import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { decisionsFor } from '../../../../src/core/curation/decisionsFor.ts';
import { outcomeOf, outcomeOfAccepting } from '../../../../src/core/curation/outcome.ts';
import type { Act } from '../../../../src/shared/reviewContract.ts';
import {
  aCandidate,
  aReview,
  ana,
  BAD,
  curationOf,
  GOOD,
  GOOD_TOO,
  PENS,
} from '../../../fakes/reviewMaterial.ts';

const [first, second] = [aCandidate(PENS, GOOD).itemId, aCandidate(PENS, GOOD_TOO).itemId];

/** Whether these acts, one after the other, come to what accepting with all the others would have come to. */
function isAsAccepted(acts: readonly Act[], rationales = [GOOD, GOOD_TOO]): boolean {
  const { item } = aReview({ rationales });
  const made: Decision[] = [];
  for (const act of acts) made.push(...decisionsFor(item, act, curationOf(made), ana, 'one'));
  const drawn = outcomeOfAccepting(item, curationOf([]), ana, (more) => curationOf([...more]));
  return outcomeOf(item, curationOf(made)) === drawn;
}

describe('what accepting many would have done', () => {
  it('is what accepting it alone does, however it is done', () => {
    expect(isAsAccepted([{ type: 'accept' }])).toBe(true);
    const byName: Act[] = [first, second].map((candidate) => ({ type: 'accept', candidate }));
    expect(isAsAccepted(byName)).toBe(true);
    expect(isAsAccepted([{ type: 'reject' }, ...byName])).toBe(true);
    const aside = aCandidate(PENS, BAD).itemId;
    const without: Act[] = [{ type: 'reject', candidate: aside }, { type: 'accept' }];
    expect(isAsAccepted(without, [GOOD, BAD])).toBe(true);
  });

  it.each<[string, Act[]]>([
    ['one of the rationales alone', [{ type: 'accept', candidate: first }]],
    ['the other one rejected', [{ type: 'accept' }, { type: 'reject', candidate: second }]],
    ['one chosen', [{ type: 'choose', candidate: second }]],
    ['all rejected', [{ type: 'reject' }]],
    [
      'an edit',
      [{ type: 'accept' }, { type: 'edit', candidate: first, rationale: `So:\n${GOOD}` }],
    ],
    ['a text of the person', [{ type: 'accept' }, { type: 'write', rationale: `So:\n${GOOD}` }]],
    ['a pair dropped', [{ type: 'accept' }, { type: 'pair', sample: 0, keep: false }]],
    ['a verdict', [{ type: 'accept' }, { type: 'verdict', sample: 0, verdict: 'right' }]],
    [
      'another gold',
      [{ type: 'fix-gold', answer: '15', reason: 'one was missed' }, ...accepting()],
    ],
    [
      'another wording',
      [{ type: 'fix-question', question: 'How many?', reason: 'unclear' }, ...accepting()],
    ],
  ])('is something else: %s', (_, acts) => {
    expect(isAsAccepted(acts)).toBe(false);
  });

  it('is nothing where no rationale passes: whatever is decided then is something else', () => {
    expect(isAsAccepted([], [BAD])).toBe(true);
    expect(isAsAccepted([{ type: 'reject' }], [BAD])).toBe(false);
  });
});

function accepting(): Act[] {
  return [first, second].map((candidate) => ({ type: 'accept', candidate }));
}
