import { describe, expect, it } from 'vitest';
import { isGoldConfirmed } from '../../../../src/core/curation/curation.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { negativesOf } from '../../../../src/core/curation/negatives.ts';
import { recordOf } from '../../../../src/core/curation/reviewRecord.ts';
import type { Question } from '../../../../src/core/dataset/question.ts';
import { ana, aReview, curationOf, PENS } from '../../../fakes/reviewMaterial.ts';

const confirm = (answer: string): Decision => ({
  type: 'gold-confirmed',
  author: ana,
  questionId: 'pens',
  answer,
});
const fixTo = (answer: string): Decision => ({
  type: 'fix-gold',
  author: ana,
  questionId: 'pens',
  was: PENS.answer,
  answer,
  reason: 'misprint',
});
/** All samples agree on 20, which puts any other gold in doubt. */
const texts = Array.from({ length: 4 }, () => ' 5 * 4 = 20.\nAnswer: 20');

function seen(question: Question, decisions: readonly Decision[]) {
  const { item, curation } = aReview({ question, decisions, texts, rationales: [] });
  const { goldConfirmed, row } = recordOf(item, { curation, decisions: [] });
  expect(row.flags.includes('gold-in-doubt')).toBe(!goldConfirmed);
  return {
    negatives: negativesOf([{ round: 1, attempts: item.attempts }], curation, 4).length,
    confirmed: goldConfirmed,
  };
}

describe('a confirmed gold', () => {
  it('lets samples that agree on another answer be mistakes', () => {
    expect(seen(PENS, [])).toEqual({ negatives: 0, confirmed: false });
    expect(seen(PENS, [confirm('14')])).toEqual({ negatives: 1, confirmed: true });
  });

  it('turns the doubt about each such attempt into a remark', () => {
    const levels = (decisions: readonly Decision[]) => {
      const { item, curation } = aReview({ question: PENS, decisions, texts, rationales: [] });
      const { attempts } = recordOf(item, { curation, decisions: [] });
      return attempts[0]?.checks.flatMap(({ code, level }) =>
        code === 'suspect-gold' ? level : [],
      );
    };
    expect(levels([])).toEqual(['warn']);
    expect(levels([confirm('14')])).toEqual(['info']);
  });

  it('is not confirmed any more once the data say another answer', () => {
    const changed = { ...PENS, answer: '15' };
    expect(seen(changed, [confirm('14')])).toEqual({ negatives: 0, confirmed: false });
    expect(seen(changed, [confirm('14'), confirm('15')])).toEqual({
      negatives: 1,
      confirmed: true,
    });
  });

  it('says nothing about a gold that was fixed, which the fix itself confirms', () => {
    expect(seen(PENS, [fixTo('15')])).toEqual({ negatives: 1, confirmed: true });
    // From a window that still showed the older gold.
    const crossed = [fixTo('15'), confirm('14')];
    expect(seen(PENS, crossed)).toEqual({ negatives: 1, confirmed: true });
    const curation = curationOf([confirm('14')]);
    expect(isGoldConfirmed(curation, 'pens', '15')).toBe(false);
    expect(isGoldConfirmed(curation, 'other', '14')).toBe(false);
  });
});
