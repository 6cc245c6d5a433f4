import { describe, expect, it } from 'vitest';
import { falseEquations, findEquations } from '../../../../src/core/teaching/arithmetic.ts';

describe('arithmetic lint', () => {
  it.each([
    ['4 * 3 = 12', 1],
    ['4 x 3 = 12 and 12 ÷ 4 = 3', 2],
    ['$1,200 + $300 = $1,500', 1],
    ['5 apples + 3 apples = 8 apples', 1],
    ['60 minutes / 15 = 4 loads', 1],
    ['10 \u2212 4 = 6', 1],
    ['-5 + 3 = -2', 1],
    ['10 - -3 = 13', 1],
    ['10 / 3 = 3.33', 1],
    ['20% * 50 = 10', 1],
    ['1 / 4 = 25%', 1],
    ['1 + 2 = 3 + 4 = 7', 2],
    ['total = 3 + 4 = 7', 1],
    ['so 3 bags of 4 give 3*4=12. 12-5=7.', 2],
    ['1. 3 + 4 = 7', 1],
    ['48/2=24', 1],
  ])('%s holds', (text, equations) => {
    expect(falseEquations(text)).toEqual([]);
    expect(findEquations(text)).toHaveLength(equations);
  });

  it.each([
    '4 * 3 = 13',
    '87 / 93 = 145',
    '10 / 3 = 3',
    '$5 + $6 = $12',
    '10 / 0 = 0',
    '1 + 2 = 4 + 4 = 8',
    '5 apples + 3 apples = 9 apples',
    'so 20% of it: 20% * 50 = 100',
  ])('%s does not', (text) => {
    expect(falseEquations(text)).toHaveLength(1);
  });

  it.each([
    '2 + 3 * 4 = 14',
    '(2 + 3) * 4 = 20',
    '2x + 5 = 9',
    'x = 5',
    'n + 3 = 8',
    'He has 3 and 4.',
    'Answer: 7',
    'from 3 - 5 pages',
  ])('%s is not read as a two-operand equation', (text) => {
    expect(findEquations(text)).toEqual([]);
  });

  it('counts the minus of a result as part of the equation', () => {
    const text = 'It drops by 8: 2 - 8 = -6 degrees.';
    expect(findEquations(text)).toMatchObject([{ text: '2 - 8 = -6', right: -6, holds: true }]);
  });

  it('tolerates 0.011 of the value, and no more', () => {
    expect(falseEquations('1000 + 0 = 1011')).toEqual([]);
    expect(falseEquations('1000 + 0 = 1012')).toHaveLength(1);
    expect(falseEquations('1 / 2 = 0.51')).toEqual([]);
    expect(falseEquations('1 / 2 = 0.52')).toHaveLength(1);
  });

  it('stays quick on text made to be slow', () => {
    for (const piece of ['1 + ', '1 apple ', '((', '= ', '1,', '9'.repeat(50)]) {
      expect(findEquations(piece.repeat(20_000))).toEqual([]);
    }
  });
});
