import { describe, expect, it } from 'vitest';
import type { Question } from '../../../../src/core/dataset/question.ts';
import { equationGivesGold } from '../../../../src/core/curation/goldRule.ts';

const question = { id: 'q', question: 'Ann has 3 bags of 4 apples and eats 5. How many are left?' };

describe('the rule that confirms a gold', () => {
  it.each([
    ['an expression', '( 3 * 4 ) - 5', '7', true],
    ['a chain of calculator marks, as GSM8K has them', '<<3*4=12>><<12-5=7>>', '7', true],
    ['an expression with another value', '3 + 4', '8', false],
    ['a chain that ends elsewhere', '<<3*4=12>>', '7', false],
    ['a text that is no equation', 'as above', '7', false],
  ])('reads %s', (_, equation, answer, holds) => {
    expect(equationGivesGold({ ...question, answer, equation })).toBe(holds);
  });

  it('says nothing without an equation', () => {
    expect(equationGivesGold({ ...question, answer: '7' })).toBe(false);
  });
});

it.each<[Partial<Question>, boolean]>([
  [{ kind: 'choice', choices: ['7', '8'], answer: 'b', equation: '5 + 3' }, true],
  [{ kind: 'choice', choices: ['7', '8'], answer: 'a', equation: '5 + 3' }, false],
  [{ kind: 'choice', choices: ['8', '8 pens'], answer: 'a', equation: '5 + 3' }, false],
  [{ kind: 'yes-no', answer: 'yes', equation: '5 + 3 > 7' }, true],
  [{ kind: 'yes-no', answer: 'yes', equation: '5 + 3 > 8' }, false],
  [{ kind: 'yes-no', answer: 'No', equation: '5 + 3 = 9' }, true],
  [{ kind: 'yes-no', answer: 'yes', equation: '5 + 3' }, false],
])('an equation proves the gold of its kind: %j', (row, isProven) => {
  expect(equationGivesGold({ id: 'q', question: 'Q?', answer: '', ...row })).toBe(isProven);
});
