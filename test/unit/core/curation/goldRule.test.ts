import { describe, expect, it } from 'vitest';
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
