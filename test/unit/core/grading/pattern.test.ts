import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gradeAnswer, goldProblem } from '../../../../src/core/grading/gradeAnswer.ts';
import { gradeStored } from '../../../../src/core/round/grading.ts';
import type { Question } from '../../../../src/core/dataset/question.ts';

const YEAR = { kind: 'regex', answer: String.raw`(?:in )?1[89]\d\d` } as const;

it.each([
  ['So.\nAnswer: 1998', 'right', 'right'],
  ['So.\nAnswer: **In 1998.**', 'wrong', 'wrong'],
  ['So.\nAnswer: in 1998.', 'right', 'right'],
  ['So.\nAnswer: it was 1998', 'wrong', 'wrong'],
  ['So.\nAnswer: 19980', 'wrong', 'wrong'],
  ['The answer is 1998.\nAnswer: 2001', 'wrong', 'right'],
  ['1998', 'right', 'right'],
  ['It took long.\n1998', 'no-answer', 'right'],
  ['', 'no-answer', 'no-answer'],
])('%j by a pattern is %s, lenient %s', (text, verdict, lenient) => {
  expect(gradeAnswer(text, YEAR)).toMatchObject({ verdict, lenient });
});

it('tells case by the pattern', () => {
  const of = (answer: string) => gradeAnswer('Answer: New York', { kind: 'regex', answer }).verdict;
  expect([of('new york'), of('(?i)new york'), of('New (?:York|Amsterdam)')]).toEqual([
    'wrong',
    'right',
    'right',
  ]);
});

it.each([
  ['(', 'no regular expression of RE2'],
  ['(?<=a)b', 'no regular expression of RE2'],
  [String.raw`(a)\1`, 'no regular expression of RE2'],
  ['(((a{100}){100}){100})', 'no regular expression of RE2'],
  ['(?:a?){900}', 'too large a pattern'],
  ['a'.repeat(501), '501 characters'],
  ['a*', 'an empty answer matches'],
  ['', 'an empty answer matches'],
])('refuses the pattern %j with its reason', (pattern, reason) => {
  expect(String(goldProblem('regex', pattern, undefined))).toContain(reason);
  expect(gradeAnswer('Answer: a', { kind: 'regex', answer: pattern }).verdict).toBe('no-answer');
});

it('never throws, and counts no text twice, whatever pattern and text', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), fc.string({ maxLength: 80 }), (answer, text) => {
      const grade = gradeAnswer(text, { kind: 'regex', answer });
      expect(['right', 'wrong', 'no-answer']).toContain(grade.verdict);
      if (grade.verdict === 'right') expect(grade.lenient).toBe('right');
    }),
  );
});

it('patterns that ruin other engines take a linear number of steps', () => {
  // Backtracking needs 2^n steps here: the test would not end in this century.
  const text = `Answer: ${'a'.repeat(1500)}!`;
  for (const answer of ['(a+)+b', '(a|a)*b', '(.*a){20}b']) {
    expect(gradeAnswer(text, { kind: 'regex', answer }).verdict).toBe('wrong');
  }
});

it('a wrong attempt that holds the pattern elsewhere is no sure mistake', () => {
  const question: Question = { id: 'q', question: 'When did it end?', ...YEAR };
  const texts = ['It ended in 1998, no.\nAnswer: 2001', 'Nobody knows.\nAnswer: 2002'];
  const attempts = texts.map((text, sample) => ({
    ...{ type: 'attempt' as const, set: 'train', questionId: 'q', sample, text, ids: [1] },
    ...{ finish: 'eos' as const, minMargin: 1, fingerprint: 'f'.repeat(64) },
  }));
  const graded = gradeStored([question], attempts, { gold: new Map(), questions: new Map() });
  expect(graded.map(({ suspicions }) => suspicions)).toEqual([['gold-elsewhere'], []]);
});
