import { describe, expect, it } from 'vitest';
import type { Act } from '../../../../src/shared/reviewContract.ts';
import { foldCuration, writtenId } from '../../../../src/core/curation/curation.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { decisionsFor } from '../../../../src/core/curation/decisionsFor.ts';
import { positivesOf } from '../../../../src/core/curation/positives.ts';
import { rowOf } from '../../../../src/core/curation/reviewRow.ts';
import {
  aCandidate,
  aReview,
  ana,
  BAD,
  curationOf,
  GOOD,
  GOOD_TOO,
  PENS,
  recorded,
  RIGHT,
  rule,
  WRONG,
  WRONG_TOO,
  type Made,
} from '../../../fakes/reviewMaterial.ts';

/** The events of an act on an item of round 1, and the row once they stand. */
function act(made: Made, wanted: Act) {
  const { item, curation } = aReview(made);
  const decisions = decisionsFor(item, wanted, curation, ana, 'act-1');
  const after = curationOf([...(made.decisions ?? []), ...decisions]);
  return { decisions, row: rowOf(item, after), item, after };
}

const refusal = (made: Made, wanted: Act): string => {
  try {
    act(made, wanted);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return 'no refusal';
};

const ids = (texts: readonly string[]) => texts.map((text) => aCandidate(PENS, text).itemId);
const accepted = (text: string, author: Decision['author'] = ana): Decision => ({
  type: 'accept',
  author,
  items: [{ questionId: 'pens', itemId: aCandidate(PENS, text).itemId }],
});

describe('decisionsFor: the rationale', () => {
  it('accepts every candidate that passes the gate, and no other', () => {
    const { decisions, row } = act({ rationales: [GOOD, BAD, GOOD_TOO] }, { type: 'accept' });
    const items = decisions.flatMap((one) => (one.type === 'accept' ? one.items : []));
    expect(items.map(({ itemId }) => itemId)).toEqual(ids([GOOD, GOOD_TOO]));
    expect(decisions.every(({ action, author }) => action === 'act-1' && author === ana)).toBe(
      true,
    );
    expect(row).toMatchObject({ status: 'accepted', by: 'person' });
  });

  it('says why nothing can be accepted', () => {
    expect(refusal({ rationales: [] }, { type: 'accept' })).toMatch(/no candidate to accept/u);
    expect(refusal({ rationales: [BAD] }, { type: 'accept' })).toMatch(
      /passes the gate: Its answer is not the gold answer. An equation in it is false\./u,
    );
    const rejected: Decision = { ...accepted(GOOD), type: 'reject' } as Decision;
    expect(refusal({ decisions: [rejected] }, { type: 'accept' })).toMatch(/is rejected/u);
    expect(refusal({}, { type: 'accept', candidate: 'i-gone' })).toMatch(/gone/u);
  });

  it('does not take a forged "accepted" for the gate’s word', () => {
    const { item, curation } = aReview({ rationales: [] });
    const forged = aCandidate(PENS, BAD, { accepted: true, reasons: [] });
    const open = { ...item, candidates: [{ round: 1, item: forged }] };
    expect(() => decisionsFor(open, { type: 'accept' }, curation, ana, 'a')).toThrow(/passes/u);
  });

  it('accepts one against the gate when a person names it', () => {
    const [id = ''] = ids([BAD]);
    const { row } = act({ rationales: [BAD, GOOD] }, { type: 'accept', candidate: id });
    expect(row).toMatchObject({ status: 'accepted', by: 'person', pair: 'blocked' });
  });

  it('turns a rule’s acceptance into a person’s, and does nothing twice', () => {
    const byRule = act({ decisions: [accepted(GOOD, rule)] }, { type: 'accept' });
    expect(byRule.decisions).toHaveLength(1);
    expect(byRule.row.by).toBe('person');
    expect(act({ decisions: [accepted(GOOD)] }, { type: 'accept' }).decisions).toEqual([]);
  });

  it('chooses one and rejects the others, decided or not', () => {
    const [, second = ''] = ids([GOOD, GOOD_TOO]);
    const { after, decisions } = act(
      { rationales: [GOOD, GOOD_TOO], decisions: [accepted(GOOD, rule)] },
      { type: 'choose', candidate: second },
    );
    expect(ids([GOOD, GOOD_TOO]).map((id) => after.items.get(id)?.status)).toEqual([
      'rejected',
      'accepted',
    ]);
    expect(new Set(decisions.map(({ action }) => action)).size).toBe(1);
  });

  it('rejects every candidate, or the named one, with the reason', () => {
    const all = act({ rationales: [GOOD, BAD] }, { type: 'reject', reason: ' too long ' });
    expect(all.row.status).toBe('rejected');
    expect(all.decisions[0]?.reason).toBe('too long');
    const [first = ''] = ids([GOOD]);
    expect(act({ rationales: [GOOD, BAD] }, { type: 'reject', candidate: first }).row.status).toBe(
      'todo',
    );
  });

  it('leaves a question without a candidate out of the round, until a person accepts one', () => {
    const { decisions, row } = act({ rationales: [] }, { type: 'reject', reason: 'unclear' });
    expect(decisions).toEqual([
      { type: 'leave-out', author: ana, action: 'act-1', reason: 'unclear', questionId: 'pens' },
    ]);
    expect(row).toMatchObject({ status: 'rejected', by: 'person' });
    expect(act({ rationales: [], decisions }, { type: 'reject' }).decisions).toEqual([]);
    const writes: Act = { type: 'write', rationale: GOOD };
    expect(act({ rationales: [], decisions }, writes).row.status).toBe('edited');
    // What the teacher writes later and a rule accepts does not bring it back; a person's yes does.
    const byRule = [...decisions, accepted(GOOD, rule)];
    expect(rowOf(aReview().item, curationOf(byRule)).status).toBe('rejected');
    expect(act({ decisions: byRule }, { type: 'accept' }).row.status).toBe('accepted');
  });

  it('keeps the original below an edit, and brings an edit back as it was', () => {
    const [id = ''] = ids([GOOD]);
    const edited = act({}, { type: 'edit', candidate: id, rationale: `${GOOD_TOO}\n\n` });
    expect(edited.after.items.get(id)?.rationale).toBe(GOOD_TOO);
    expect(edited.row.status).toBe('edited');
    expect(aReview().candidates[0]?.rationale).toBe(GOOD);
    const same = act({}, { type: 'edit', candidate: id, rationale: GOOD });
    expect(same.decisions.map(({ type }) => type)).toEqual(['accept']);
    expect(refusal({}, { type: 'edit', candidate: id, rationale: ' \nAnswer: 14' })).toMatch(
      /needs a step/u,
    );
  });

  it('takes a text of one’s own, which counts without any other candidate', () => {
    const { after, row, item } = act({ rationales: [] }, { type: 'write', rationale: GOOD });
    expect(row).toMatchObject({ status: 'edited', by: 'person', candidates: 1 });
    const limits = {
      selfPositives: 0,
      maxPositives: 5,
      useDatasetRationales: false,
    };
    const taught = (curation = after) =>
      positivesOf(
        { question: item.question, items: [], attempts: [] },
        curation,
        () => true,
        limits,
      );
    expect(taught().map(({ source }) => source)).toEqual(['human']);
    const dropped = decisionsFor(
      item,
      { type: 'reject', candidate: writtenId('pens', GOOD) },
      after,
      ana,
      'b',
    );
    const write: Decision = { type: 'write', author: ana, questionId: 'pens', rationale: GOOD };
    expect(taught(curationOf([write, ...dropped]))).toEqual([]);
  });

  it('edits the data’s own rationale into a person’s, and stops teaching the one below', () => {
    const question = { ...PENS, rationale: GOOD_TOO };
    const { item, curation } = aReview({ question, rationales: [] });
    const [own] = decisionsFor(item, { type: 'accept' }, curation, ana, 'a');
    expect(own?.type).toBe('accept');
    const id = own?.type === 'accept' ? (own.items[0]?.itemId ?? '') : '';
    const made = decisionsFor(
      item,
      { type: 'edit', candidate: id, rationale: GOOD },
      curation,
      ana,
      'a',
    );
    expect(made.map(({ type }) => type)).toEqual(['write', 'reject']);
    const limits = { selfPositives: 0, maxPositives: 5, useDatasetRationales: true };
    const positives = positivesOf(
      { question, items: [], attempts: [] },
      curationOf(made),
      () => true,
      limits,
    );
    expect(positives.map(({ rationale }) => rationale)).toEqual([GOOD]);
  });
});

describe('decisionsFor: the pair and the attempt', () => {
  it('speaks of all samples that have the same text', () => {
    const { decisions, row } = act({}, { type: 'pair', sample: 0, keep: false });
    expect(decisions.map((one) => 'sample' in one && one.sample)).toEqual([0, 1]);
    expect(row.pair).toBe('keep');
    expect(act({ texts: [WRONG, WRONG] }, { type: 'pair', sample: 1, keep: false }).row.pair).toBe(
      'drop',
    );
  });

  it('keeps one attempt and drops the others', () => {
    const { after, item } = act({}, { type: 'pair-only', sample: 2 });
    const left = item.attempts.filter(
      ({ attempt }) =>
        ![...after.pairs].some(
          ([key, word]) => word === 'drop' && key.startsWith(`pens\u0000${attempt.sample}\u0000`),
        ),
    );
    expect(left.map(({ attempt }) => attempt.sample)).toEqual([2, 3]);
  });

  it.each([
    [[RIGHT], 0, /It is right/u],
    [[' I do not know.'], 0, /No answer could be read/u],
    [[' 14 of them, no, 3.\nAnswer: 3', WRONG_TOO], 0, /stands elsewhere in it/u],
    [[WRONG, WRONG, WRONG], 0, /gold answer is in doubt/u],
  ])('refuses to pair %j with the reason', (texts, sample, why) => {
    expect(refusal({ texts }, { type: 'pair', sample, keep: true })).toMatch(why);
  });

  it('lets a person settle a doubt, and only then pair', () => {
    const texts = [' 14 of them, no, 3.\nAnswer: 3', WRONG_TOO];
    const word = act({ texts }, { type: 'verdict', sample: 0, verdict: 'wrong' });
    expect(word.decisions[0]?.type).toBe('attempt-wrong');
    expect(word.row.flags).not.toContain('attempt-in-doubt');
    expect(
      refusal({ texts, decisions: word.decisions }, { type: 'pair', sample: 0, keep: true }),
    ).toBe('no refusal');
  });

  it('marks the first wrong step, one behind the last for a missing one', () => {
    const made: Act = { type: 'first-error', sample: 0, step: 3, kind: ' missing_step ' };
    const { decisions } = act({}, made);
    expect(decisions).toHaveLength(2);
    expect(decisions[0]).toMatchObject({ type: 'first-error', step: 3, errorKind: 'missing_step' });
    expect(refusal({}, { ...made, step: 4 })).toMatch(/has 2 steps: there is no step 4/u);
    expect(refusal({}, { ...made, step: 0 })).toMatch(/no step 0/u);
    expect(refusal({}, { ...made, sample: 9 })).toMatch(/no sample 9/u);
  });
});

describe('decisionsFor: the question and its gold', () => {
  it('fixes the gold with a reason and confirms it with that', () => {
    const { decisions, row, after } = act({}, { type: 'fix-gold', answer: ' 3 ', reason: 'typo' });
    expect(decisions).toMatchObject([{ type: 'fix-gold', was: '14', answer: '3', reason: 'typo' }]);
    expect(row).toMatchObject({ gold: '3', right: 2 });
    expect(row.flags).toContain('gold-changed');
    expect(after.goldConfirmed.has('pens')).toBe(true);
    expect(refusal({}, { type: 'fix-gold', answer: '3', reason: ' ' })).toMatch(/Say why/u);
    expect(refusal({}, { type: 'fix-gold', answer: 'x', reason: 'y' })).toMatch(/one number/u);
    expect(refusal({}, { type: 'fix-gold', answer: '14', reason: 'y' })).toMatch(/already/u);
  });

  it('fixes the question, after which everything is about the older text', () => {
    const text = 'Weng has 5 boxes of 4 pens. How many?';
    const { decisions, row, item, after } = act(
      { decisions: [accepted(GOOD)] },
      { type: 'fix-question', question: text, reason: 'cut' },
    );
    expect(decisions).toMatchObject([{ was: PENS.question, text, reason: 'cut' }]);
    expect(row).toMatchObject({ status: 'todo', pair: 'blocked', title: text });
    expect(row.flags).toContain('question-changed');
    expect(() => decisionsFor(item, { type: 'accept' }, after, ana, 'b')).toThrow(/older text/u);
    const [id = ''] = ids([GOOD]);
    const again = decisionsFor(item, { type: 'accept', candidate: id }, after, ana, 'b');
    const events = recorded([accepted(GOOD), ...decisions, ...again]);
    expect(rowOf(item, foldCuration([[], events])).status).toBe('accepted');
    expect(refusal({}, { type: 'fix-question', question: PENS.question, reason: 'x' })).toMatch(
      /already/u,
    );
  });
});
