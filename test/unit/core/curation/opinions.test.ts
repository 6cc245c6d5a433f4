import { describe, expect, it } from 'vitest';
import { runWhole } from '../../../../src/core/runWhole.ts';
import { bulkDecisions } from '../../../../src/core/curation/bulk.ts';
import { candidatesOf } from '../../../../src/core/curation/candidates.ts';
import { isApart, openObjection, opinionsOn } from '../../../../src/core/curation/opinions.ts';
import { FLAG_ORDER, sortKey } from '../../../../src/core/curation/queueOrder.ts';
import { nameOfWording } from '../../../../src/core/curation/questionText.ts';
import { recordOf } from '../../../../src/core/curation/reviewRecord.ts';
import { rowOf } from '../../../../src/core/curation/reviewRow.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { sha256Json, sha256Text } from '../../../../src/core/hash.ts';
import type { Opinion } from '../../../../src/core/teaching/records.ts';
import {
  aCandidate,
  ana,
  aReview,
  BAD,
  GOOD,
  GOOD_TOO,
  PENS,
  rule,
} from '../../../fakes/reviewMaterial.ts';

function anOpinion(score: number | null, over: Partial<Opinion> & { text?: string } = {}): Opinion {
  const { text = GOOD, ...rest } = over;
  return {
    type: 'opinion',
    key: sha256Json([text, score, rest]),
    questionId: PENS.id,
    purpose: 'review',
    draw: 0,
    itemId: aCandidate(PENS, text).itemId,
    textHash: sha256Text(text),
    asked: nameOfWording(PENS),
    gold: PENS.answer,
    profile: 'second',
    programmatic: false,
    templateId: 'review-1',
    templateHash: 'h',
    score,
    reason: `It is worth ${score}.`,
    ...rest,
  };
}

const reviewWith = (
  opinions: readonly Opinion[],
  more: { rationales?: readonly string[]; decisions?: readonly Decision[] } = {},
) => aReview({ ...more, material: { opinions } });

const flagged = (...made: Parameters<typeof reviewWith>): boolean => {
  const { item, curation } = reviewWith(...made);
  return rowOf(item, curation).flags.includes('second-opinion');
};

const edited = (rationale: string): Decision => ({
  type: 'edit',
  author: ana,
  questionId: PENS.id,
  itemId: aCandidate(PENS, GOOD).itemId,
  rationale,
});

describe('second opinions of a rationale', () => {
  it('are a disagreement where they are two from the gate’s yes, or from one another', () => {
    expect([5, 4, 3, 2, 1].map((score) => isApart([score], true))).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
    expect([isApart([1], false), isApart([1, 2], false), isApart([1, 3], false)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(flagged([anOpinion(4)])).toBe(false);
    expect(flagged([anOpinion(3)])).toBe(true);
    expect(flagged([anOpinion(5), anOpinion(3, { profile: 'third' })])).toBe(true);
    expect(flagged([anOpinion(null)])).toBe(false);
    // The gate has said no already.
    expect(flagged([anOpinion(1, { text: BAD })], { rationales: [BAD] })).toBe(false);
  });

  it('put the question behind what people disagree on, and before all else, with the reason', () => {
    const { item, curation } = reviewWith([anOpinion(4, { profile: 'x' }), anOpinion(2)]);
    const row = rowOf(item, curation);
    expect(sortKey(row, 'flagged-first')).toBe(1);
    expect(FLAG_ORDER.slice(0, 2)).toEqual(['disagreed', 'second-opinion']);
    const record = recordOf(item, { curation, decisions: [] });
    expect(record.checks).toContainEqual({
      code: 'second-opinion',
      level: 'warn',
      message: 'Second opinion: 2/5 – It is worth 2.',
    });
    expect(record.candidates[0]?.opinions).toEqual([
      { by: 'x', programmatic: false, score: 4, reason: 'It is worth 4.' },
      { by: 'second', programmatic: false, score: 2, reason: 'It is worth 2.' },
    ]);
    expect(record.row.status).toBe('todo');
  });

  it('count no more once the text, the question or the gold is another one', () => {
    const stale = (...made: Parameters<typeof reviewWith>): number => {
      const { item, curation } = reviewWith(...made);
      return candidatesOf(item, curation).flatMap((one) => opinionsOn(one, item, curation)).length;
    };
    expect(stale([anOpinion(2)])).toBe(1);
    expect(stale([anOpinion(2)], { decisions: [edited(GOOD_TOO)] })).toBe(0);
    // Whoever edits it back has the text that was judged.
    expect(stale([anOpinion(2)], { decisions: [edited(GOOD_TOO), edited(GOOD)] })).toBe(1);
    expect(stale([anOpinion(2, { asked: 'another' })])).toBe(0);
    expect(stale([anOpinion(2, { gold: '15' })])).toBe(0);
    const fix: Decision = {
      type: 'fix-gold',
      author: ana,
      questionId: PENS.id,
      answer: '15',
      was: '14',
      reason: 'r',
    };
    expect(stale([anOpinion(2)], { decisions: [fix] })).toBe(0);
  });

  it('wait for a person: a rule’s yes does not settle them, a person’s does', () => {
    const items = [{ questionId: PENS.id, itemId: aCandidate(PENS, GOOD).itemId }];
    const by = (author: typeof ana | typeof rule, type: 'accept' | 'reject'): Decision => ({
      type,
      author,
      items,
    });
    expect(flagged([anOpinion(2)], { decisions: [by(rule, 'accept')] })).toBe(true);
    expect(flagged([anOpinion(2)], { decisions: [by(ana, 'accept')] })).toBe(false);
    expect(flagged([anOpinion(2)], { decisions: [by(ana, 'reject')] })).toBe(false);
  });

  it('keep the question out of an acceptance of many, and of nothing else', () => {
    const { item, curation } = reviewWith([anOpinion(3)]);
    const bulk = (act: 'accept' | 'reject') =>
      runWhole(bulkDecisions([item], act, curation, ana, 'a-1'));
    expect(bulk('accept')).toEqual({ decisions: [], changed: 0, refused: 1 });
    expect(bulk('reject').changed).toBe(1);
    const agreed = reviewWith([anOpinion(4)]);
    expect(
      runWhole(bulkDecisions([agreed.item], 'accept', agreed.curation, ana, 'a-1')).changed,
    ).toBe(1);
  });

  it('of two rationales name the one with the lowest score', () => {
    const two = [anOpinion(3), anOpinion(1, { text: GOOD_TOO })];
    const { item, curation } = reviewWith(two, { rationales: [GOOD, GOOD_TOO] });
    expect(openObjection(item, curation)?.score).toBe(1);
  });
});
