import { describe, expect, it } from 'vitest';
import { recordSchema } from '../../../../src/shared/reviewRecord.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { labelOf, sentenceOf } from '../../../../src/core/curation/decisionLog.ts';
import { decisionsFor } from '../../../../src/core/curation/decisionsFor.ts';
import { recordOf } from '../../../../src/core/curation/reviewRecord.ts';
import { sha256Text } from '../../../../src/core/hash.ts';
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

function aRecord(made: Made = {}) {
  const { item } = aReview(made);
  const decisions = recorded(made.decisions ?? []);
  const record = recordOf(item, { curation: curationOf(made.decisions ?? []), decisions });
  // What crosses the channel is what the contract says.
  expect(recordSchema.parse(record)).toEqual(record);
  return record;
}

const accept = (text: string, author: Decision['author'] = ana): Decision => ({
  type: 'accept',
  author,
  items: [{ questionId: 'pens', itemId: aCandidate(PENS, text).itemId }],
});

describe('recordOf: attempts', () => {
  it('shows identical texts once, wrong ones first, byte for byte', () => {
    const { attempts, answers, row } = aRecord({ texts: [RIGHT, WRONG, WRONG_TOO, WRONG] });
    expect(attempts.map(({ text, times, verdict }) => [text, times, verdict])).toEqual([
      [WRONG, 2, 'wrong'],
      [WRONG_TOO, 1, 'wrong'],
      [RIGHT, 1, 'right'],
    ]);
    expect(answers).toEqual([
      { answer: '3', count: 2, right: false },
      { answer: '14', count: 1, right: true },
      { answer: '20', count: 1, right: false },
    ]);
    expect(row).toMatchObject({ right: 1, samples: 4, wrongAnswer: '3', pair: 'keep' });
  });

  it('says for each candidate where an attempt leaves its course', () => {
    const { attempts, candidates } = aRecord({ rationales: [GOOD, GOOD_TOO] });
    const [first = { id: '' }, second = { id: '' }] = candidates;
    expect(attempts[0]?.diverges).toEqual({ [first.id]: 1, [second.id]: null });
    expect(attempts.at(-1)?.diverges).toEqual({ [first.id]: null, [second.id]: null });
  });

  it('gives the reason of every blocked pair', () => {
    const reasonOf = (made: Made, sample: number) => {
      const view = aRecord(made).attempts.find((one) => one.sample === sample);
      return [view?.pair, view?.pairReason];
    };
    expect(reasonOf({}, 0)).toEqual(['keep', null]);
    expect(reasonOf({}, 3)).toEqual(['none', null]);
    expect(reasonOf({ texts: [WRONG, WRONG, WRONG] }, 0)).toEqual([
      'blocked',
      'The gold answer is in doubt: confirm it or fix it first.',
    ]);
    expect(reasonOf({ rationales: [BAD], decisions: [accept(BAD)] }, 0)).toEqual([
      'blocked',
      'The accepted rationale does not reach the gold answer.',
    ]);
    const own: Decision = {
      type: 'write',
      author: ana,
      questionId: 'pens',
      rationale: WRONG.trim(),
    };
    expect(reasonOf({ decisions: [own] }, 0)).toEqual([
      'blocked',
      'The same words are taught as a rationale.',
    ]);
  });

  it('shows a person’s word and mark beside the grader’s', () => {
    const { item, curation } = aReview();
    const decisions = [
      ...decisionsFor(item, { type: 'verdict', sample: 0, verdict: 'right' }, curation, ana, 'a'),
      ...decisionsFor(
        item,
        { type: 'first-error', sample: 2, step: 1, kind: 'misread' },
        curation,
        ana,
        'b',
      ),
    ];
    const { attempts, row } = aRecord({ decisions });
    expect(row.right).toBe(3);
    expect(attempts.find(({ sample }) => sample === 0)).toMatchObject({
      verdict: 'wrong',
      settled: 'right',
      pairReason: 'It is right.',
    });
    expect(attempts.find(({ sample }) => sample === 2)?.firstError).toEqual({
      step: 1,
      kind: 'misread',
    });
  });

  it('warns of an attempt that is right by luck', () => {
    const { attempts, checks } = aRecord({
      texts: [WRONG, ' 5 * 4 = 21.\n21 - 7 = 14.\nAnswer: 14'],
    });
    expect(checks.map(({ code }) => code)).toContain('right-by-luck');
    expect(attempts.at(-1)?.checks[0]?.message).toBe(
      'Right by luck? This equation is false: 5 * 4 = 21',
    );
  });
});

describe('recordOf: candidates', () => {
  it('runs every check of the gate afresh, passed ones too', () => {
    const { item } = aReview({ rationales: [] });
    const forged = aCandidate(PENS, BAD, { accepted: true, reasons: [] });
    const { candidates } = recordOf(
      { ...item, candidates: [{ round: 1, item: forged }] },
      { curation: curationOf([]), decisions: [] },
    );
    expect(candidates[0]).toMatchObject({ passes: false, answer: '13', status: 'todo' });
    expect(candidates[0]?.checks.map(({ code, level }) => `${code} ${level}`)).toEqual([
      'wrong-answer bad',
      'arithmetic bad',
      'leak ok',
      'unsafe-text ok',
    ]);
  });

  it('shows what a person overrode as a warning, and an edit with its original', () => {
    const overridden = aRecord({ rationales: [BAD], decisions: [accept(BAD)] }).candidates[0];
    expect(overridden).toMatchObject({ status: 'accepted', by: 'person' });
    expect(overridden?.checks[0]).toMatchObject({ code: 'wrong-answer', level: 'warn' });
    const { itemId } = aCandidate(PENS, BAD);
    const edit: Decision = {
      type: 'edit',
      author: ana,
      questionId: 'pens',
      itemId,
      rationale: GOOD,
    };
    expect(aRecord({ rationales: [BAD], decisions: [edit] }).candidates[0]).toMatchObject({
      rationale: GOOD,
      original: BAD,
      status: 'edited',
      passes: true,
    });
  });

  it('names the sample that feedback is about only where it is this round’s text', () => {
    const { item } = aReview({ rationales: [] });
    const about = { sample: 0, fingerprint: 'a'.repeat(64), textHash: sha256Text(WRONG) };
    const aboutOf = (over: Partial<typeof about>) =>
      recordOf(
        {
          ...item,
          candidates: [
            { round: 1, item: aCandidate(PENS, GOOD, { about: { ...about, ...over } }) },
          ],
        },
        { curation: curationOf([]), decisions: [] },
      ).candidates[0]?.aboutSample;
    expect(aboutOf({})).toBe(0);
    expect(aboutOf({ textHash: sha256Text('other') })).toBeNull();
    expect(aboutOf({ fingerprint: 'b'.repeat(64) })).toBeNull();
  });

  it('shows the data’s own rationale as taught by rule, and whose decision replaced it', () => {
    const question = { ...PENS, rationale: GOOD_TOO };
    const own = aRecord({ question, rationales: [] });
    expect(own.candidates).toMatchObject([{ source: 'dataset', status: 'accepted', by: 'rule' }]);
    expect(own.row.status).toBe('todo');
    expect(
      aRecord({ question, material: { useDatasetRationales: false } }).candidates.map(
        ({ source }) => source,
      ),
    ).toEqual(['feedback']);
  });
});

describe('recordOf: the rest', () => {
  it('keeps what the data file says beside what counts now, with the reasons', () => {
    const text = 'Weng has 5 boxes of 4 pens. How many?';
    const decisions: Decision[] = [
      {
        type: 'fix-question',
        author: ana,
        questionId: 'pens',
        was: PENS.question,
        text,
        reason: 'too long',
      },
      { type: 'fix-gold', author: ana, questionId: 'pens', was: '14', answer: '20', reason: 'cut' },
    ];
    const record = aRecord({ decisions, question: { ...PENS, equation: '5 * 4 - 6' } });
    expect(record).toMatchObject({
      question: text,
      originalQuestion: PENS.question,
      gold: '20',
      originalGold: '14',
      goldConfirmed: true,
      equation: null,
    });
    expect(record.checks.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'The question was changed: too long',
        'The gold answer was changed: cut',
      ]),
    );
    expect(record.log.map(({ by, what, reason }) => [by, what, reason])).toEqual([
      ['ana', 'Changed the gold answer from 14 to 20.', 'cut'],
      ['ana', `Changed the question. Before: ${PENS.question}`, 'too long'],
    ]);
  });

  it('tells the course over the rounds', () => {
    const past = { right: 16, samples: 16, suspectGold: false };
    const { history, trajectory, row, checks } = aRecord({
      texts: Array.from({ length: 16 }, (_, n) => ` so.\nAnswer: ${n % 2 === 0 ? 3 : 20 + n}`),
      material: {
        history: [{ round: 0, outcomes: new Map([['pens', { round: 0, ...past }]]) }],
      },
    });
    expect(history).toEqual([
      { round: 0, right: 16, samples: 16 },
      { round: 1, right: 0, samples: 16 },
    ]);
    expect(trajectory).toBe('forgotten');
    expect(row.flags).toContain('forgotten');
    expect(checks.every(({ message }) => message.length > 10)).toBe(true);
  });

  it('words what was decided, and what a step of undo is about', () => {
    const bulk: Decision = {
      type: 'accept',
      author: rule,
      items: [
        { questionId: 'a', itemId: '1' },
        { questionId: 'a', itemId: '2' },
        { questionId: 'b', itemId: '3' },
      ],
    };
    expect(sentenceOf(bulk, 'a')).toBe('Accepted 2 rationales, with 2 items at once.');
    expect(sentenceOf(accept(GOOD), 'pens')).toBe('Accepted a rationale.');
    expect(labelOf(recorded([bulk]))).toBe('Accept 2 items');
    expect(labelOf(recorded([accept(GOOD), accept(BAD)]))).toBe('Accept pens');
    expect(labelOf([])).toBe('');
  });

  it('names a step of unlike decisions by how many they are, and one act with all that it brings by the act', () => {
    const text = { author: ana, rationale: GOOD } as const;
    const write: Decision = { type: 'write', ...text, questionId: 'pens' };
    const edit: Decision = { type: 'edit', ...text, questionId: 'cups', itemId: '4' };
    const gold = { author: ana, questionId: 'pens', was: '14', answer: '15' } as const;
    const fix: Decision = { type: 'fix-gold', ...gold };
    expect(labelOf(recorded([write, edit, fix]))).toBe('3 decisions on 2 items');
    expect(labelOf(recorded([write, fix]))).toBe('2 decisions on pens');
    const byRule: Decision = {
      type: 'accept',
      author: rule,
      items: ['a', 'b', 'c'].map((questionId) => ({ questionId, itemId: questionId })),
    };
    const confirmed: Decision = {
      type: 'gold-confirmed',
      author: rule,
      questionId: 'a',
      answer: '1',
    };
    expect(labelOf(recorded([byRule, confirmed]))).toBe('4 decisions on 3 items');

    const { item, curation } = aReview({ rationales: [GOOD, GOOD_TOO], texts: [WRONG, WRONG_TOO] });
    const choose = { type: 'choose', candidate: aCandidate(PENS, GOOD).itemId } as const;
    const chosen = decisionsFor(item, choose, curation, ana, 'x');
    expect(chosen.map(({ type }) => type)).toEqual(['accept', 'reject']);
    expect(labelOf(recorded(chosen))).toBe('Accept pens');
    const pairing = decisionsFor(item, { type: 'pair-only', sample: 0 }, curation, ana, 'x');
    expect(pairing.map(({ type }) => type)).toEqual(['pair-keep', 'pair-drop']);
    expect(labelOf(recorded(pairing))).toBe('Keep Pair of pens');
    const leave: Decision = { type: 'leave-out', author: ana, questionId: 'cups' };
    const reject: Decision = { ...byRule, type: 'reject', author: ana };
    expect(labelOf(recorded([reject, leave]))).toBe('Reject 4 items');
  });
});
