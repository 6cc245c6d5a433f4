import { describe, expect, it } from 'vitest';
import { decisionsFor } from '../../../../src/core/curation/decisionsFor.ts';
import { aReview, ana, curationOf, GOOD } from '../../../fakes/reviewMaterial.ts';

const WRONG_END = 'There are 4 boxes.\nAnswer: 35';

describe('a rationale in the person’s own words', () => {
  const { item } = aReview({ rationales: [GOOD] });
  const curation = curationOf([]);
  const [candidate = ''] = item.candidates.map(({ item: made }) => made.itemId);

  it('is refused with its reasons where it does not pass the gate', () => {
    for (const act of [
      { type: 'write' as const, rationale: WRONG_END },
      { type: 'edit' as const, candidate, rationale: WRONG_END },
    ]) {
      expect(() => decisionsFor(item, act, curation, ana, 'a')).toThrow(
        'Its answer is not the gold answer.',
      );
    }
  });

  it('is told which of its equations is false', () => {
    const act = {
      type: 'write' as const,
      rationale: 'First 4 * 5 = 20. Then 20 - 6 = 15.\nAnswer: 14',
    };
    expect(() => decisionsFor(item, act, curation, ana, 'a')).toThrow(
      'This equation is false: 20 - 6 = 15.',
    );
  });

  it('is kept where the person insists, and where it passes', () => {
    const insisted = { type: 'write' as const, rationale: WRONG_END, insist: true };
    expect(decisionsFor(item, insisted, curation, ana, 'a')).toMatchObject([{ type: 'write' }]);
    const passing = { type: 'write' as const, rationale: GOOD };
    expect(decisionsFor(item, passing, curation, ana, 'a')).toMatchObject([{ type: 'write' }]);
  });
});
