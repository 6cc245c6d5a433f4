import { describe, expect, it } from 'vitest';
import { answerWords } from '../../../../src/shared/reviewChoices.ts';
import { recordSchema } from '../../../../src/shared/reviewRecord.ts';
import { decisionsFor } from '../../../../src/core/curation/decisionsFor.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { recordOf } from '../../../../src/core/curation/reviewRecord.ts';
import { searchTextOf } from '../../../../src/core/curation/searchText.ts';
import type { Question } from '../../../../src/core/dataset/question.ts';
import { ana, aReview, curationOf } from '../../../fakes/reviewMaterial.ts';

const INK: Question = {
  id: 'ink',
  question: 'What takes up 3 drops of ink?',
  answer: 'B',
  kind: 'choice',
  choices: ['a pen', 'a blotter of 20 sheets', 'a desk', 'a pen too'],
};
const TEXTS = [
  ' A pen.\nAnswer: (c)',
  ' A pen.\nAnswer: (c)',
  ' So 20 sheets.\nAnswer: (b)',
  ' I do not know.',
];

function recordIn(question: Question, decisions: readonly Decision[] = []) {
  const made = { question, texts: TEXTS, rationales: ['It dries.\nAnswer: (b)'], decisions };
  const { item, curation } = aReview(made);
  const record = recordOf(item, { curation, decisions: [] });
  expect(recordSchema.parse(record)).toEqual(record);
  return { record, item, curation };
}

describe('the record of a question with choices', () => {
  it('has every choice with its letter, and marks the gold that counts now', () => {
    const { record } = recordIn(INK);
    expect(record.kind).toBe('choice');
    expect(record.choices).toEqual([
      { letter: 'a', text: 'a pen', gold: false },
      { letter: 'b', text: 'a blotter of 20 sheets', gold: true },
      { letter: 'c', text: 'a desk', gold: false },
      { letter: 'd', text: 'a pen too', gold: false },
    ]);
    const fix: Decision = {
      type: 'fix-gold',
      author: ana,
      questionId: 'ink',
      was: 'B',
      answer: 'd',
    };
    const fixed = recordIn(INK, [fix]).record;
    expect(fixed.choices?.flatMap(({ letter, gold }) => (gold ? [letter] : []))).toEqual(['d']);
    expect(fixed.originalGold).toBe('B');
  });

  it('names answers by letter and text, in rows clipped', () => {
    const { record } = recordIn(INK);
    expect(record.row).toMatchObject({
      gold: 'B',
      wrongAnswer: 'c',
      choice: { gold: '(b) a blotter of 20 sheets', wrong: '(c) a desk' },
    });
    expect(['b', 'B', 'z'].map((answer) => answerWords(record, answer))).toEqual([
      '(b) a blotter of 20 sheets',
      '(b) a blotter of 20 sheets',
      'z',
    ]);
    const long = `${'x'.repeat(42)}🍎🍎 and more of it`;
    const { row } = recordIn({ ...INK, choices: ['a', long, 'c'] }).record;
    expect(row.choice?.gold).toBe(`(b) ${'x'.repeat(42)}…`);
  });

  it('says by letter and text what the samples agree on', () => {
    const agreed = { question: INK, texts: Array<string>(4).fill(' So.\nAnswer: (c)') };
    const { item, curation } = aReview(agreed);
    const { checks } = recordOf(item, { curation, decisions: [] });
    const doubt = checks.find(({ code }) => code === 'gold-in-doubt')?.message;
    expect(doubt).toContain('(c) a desk');
    expect(doubt).toContain('(b) a blotter of 20 sheets');
  });

  it('knows the numbers of its choices, and is found by their words', () => {
    const { record, item, curation } = recordIn(INK);
    const strangers = record.attempts.flatMap(({ steps }) => steps.flatMap((one) => one.strangers));
    expect(strangers).toEqual([]);
    const { kind: _kind, choices: _choices, ...number } = INK;
    const without = recordIn({ ...number, answer: '20' }).record.attempts;
    expect(without.flatMap(({ steps }) => steps.flatMap((one) => one.strangers))).toHaveLength(1);
    expect(searchTextOf(item, curation)).toContain('blotter');
  });

  it('says nothing of choices where there are none', () => {
    const { kind: _kind, choices: _choices, ...number } = INK;
    const record = recordIn({ ...number, answer: '7' }).record;
    expect([record.kind, record.choices, record.row.choice]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const yes = recordIn({ ...number, kind: 'yes-no', answer: 'yes' }).record;
    expect([yes.kind, yes.choices]).toEqual(['yes-no', undefined]);
  });
});

describe('the gold of a question that is no number', () => {
  const fixed = (question: Question, answer: string) => {
    const { item, curation } = aReview({ question, texts: TEXTS, rationales: [] });
    const act = { type: 'fix-gold', answer, reason: 'the ink' } as const;
    return decisionsFor(item, act, curation, ana, 'a');
  };
  const { choices: _choices, ...plain } = INK;

  it.each([
    ['c', 'c'],
    ['(D)', 'd'],
    [' A. ', 'a'],
  ])('is fixed to a letter: %j', (written, answer) => {
    expect(fixed(INK, written)).toMatchObject([{ type: 'fix-gold', was: 'B', answer }]);
    const { curation } = aReview({ question: INK, decisions: fixed(INK, written) });
    expect(curation.gold.get('ink')).toBe(answer);
  });

  it.each(['e', 'z', '(f)', 'a desk', 'bb', '2', 'Ä'])(
    'is not fixed to %j, which is no letter of a choice',
    (answer) => {
      expect(() => fixed(INK, answer)).toThrow(/none of the choices: ".+"\.$/u);
    },
  );

  it('is not fixed to what it is already, however that is written', () => {
    expect(() => fixed(INK, '(b)')).toThrow('is the gold answer already');
    const yes: Question = { ...plain, kind: 'yes-no', answer: 'yes' };
    expect(() => fixed(yes, 'Yes ')).toThrow('is the gold answer already');
    expect(fixed(yes, 'NO')).toMatchObject([{ answer: 'no' }]);
    expect(() => fixed(yes, 'maybe')).toThrow('neither yes nor no');
    expect(curationOf([]).gold.size).toBe(0);
  });
});
