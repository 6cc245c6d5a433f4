import { expect, it } from 'vitest';
import { questionProblems } from '../../../../src/core/dataset/questionProblems.ts';
import { promptOf } from '../../../../src/core/exam/promptForm.ts';
import {
  goldProblem,
  gradeAnswer,
  graderOf,
  type GoldAnswer,
} from '../../../../src/core/grading/gradeAnswer.ts';

const CHOICE: GoldAnswer = {
  answer: 'g',
  kind: 'choice',
  choices: ['ink', 'pen', 'paper', 'desk', 'chair', 'lamp', 'blotter'],
};
const EXACT: GoldAnswer = { answer: 'New York', kind: 'exact' };

it.each<[string, GoldAnswer, string, string]>([
  ['It dries ink.\nAnswer: (g)', CHOICE, 'right', 'right'],
  ['It dries ink.\nAnswer: G', CHOICE, 'right', 'right'],
  ['Answer: (a)', CHOICE, 'wrong', 'wrong'],
  ['so the answer is blotter.', CHOICE, 'no-answer', 'right'],
  ['Answer: (a) blotter', CHOICE, 'wrong', 'right'],
  ['Answer: (h)', CHOICE, 'no-answer', 'no-answer'],
  ['Work.\nAnswer: Yes, because', { answer: 'yes', kind: 'yes-no' }, 'right', 'right'],
  ['Work.\nAnswer: no', { answer: 'yes', kind: 'yes-no' }, 'wrong', 'wrong'],
  ['Work.\nAnswer: Yes—because it is', { answer: 'yes', kind: 'yes-no' }, 'right', 'right'],
  ['Work.\nAnswer: no – it is not', { answer: 'no', kind: 'yes-no' }, 'right', 'right'],
  ['Work.\nAnswer: no-one', { answer: 'no', kind: 'yes-no' }, 'no-answer', 'no-answer'],
  [
    'Work.\nAnswer: Option B',
    { answer: 'b', kind: 'choice', choices: ['ink', 'blot'] },
    'right',
    'right',
  ],
  [
    'Work.\nAnswer: choice a.',
    { answer: 'b', kind: 'choice', choices: ['ink', 'blot'] },
    'wrong',
    'wrong',
  ],
  ['Work.\nAnswer:  NEW\u00a0york.', EXACT, 'right', 'right'],
  ['Work.\nAnswer: **New York**', EXACT, 'right', 'right'],
  ['Work.\nAnswer: the city of New York', EXACT, 'wrong', 'right'],
  ['Work.\nAnswer: New Yorkers', EXACT, 'wrong', 'wrong'],
  ['Work.\nAnswer: 1,234', { answer: '1234' }, 'right', 'right'],
])('%j is graded by its kind', (text, gold, verdict, lenient) => {
  expect(gradeAnswer(text, gold)).toMatchObject({ verdict, lenient });
});

it('golds that nobody can be graded by are told for each kind', () => {
  expect(goldProblem('choice', 'b', ['x', 'y'])).toBeNull();
  expect(String(goldProblem('choice', 'c', ['x', 'y']))).toContain('none of the choices');
  expect(goldProblem('choice', 'a', undefined)).not.toBeNull();
  expect(goldProblem('yes-no', 'Yes', undefined)).toBeNull();
  expect(goldProblem('yes-no', 'maybe', undefined)).not.toBeNull();
  expect(goldProblem('exact', ' . ', undefined)).not.toBeNull();
  expect(goldProblem('regex', '(a+)+', undefined)).toBeNull();
  expect(goldProblem('regex', '(a', undefined)).not.toBeNull();
  expect(goldProblem(undefined, '5 or 6', undefined)).not.toBeNull();
  const row = { id: '1', question: 'Which?', answer: 'c', kind: 'choice', choices: ['x', 'y'] };
  expect(questionProblems(row).map(({ field }) => field)).toEqual(['answer']);
});

it('the student sees choices below the question, and a number question as ever', () => {
  expect(promptOf({ question: 'What? ', kind: 'choice', choices: ['x', 'y\nz'] })).toBe(
    'Question: What?\nAnswer Choices:\n(a) x\n(b) y z\nReasoning:',
  );
  expect(promptOf({ question: 'What? ' })).toBe('Question: What?\nReasoning:');
  expect([graderOf([{}]), graderOf([{ kind: 'choice' }, {}])]).toEqual([
    'numeric-1',
    'numeric-1+choice-2',
  ]);
});
