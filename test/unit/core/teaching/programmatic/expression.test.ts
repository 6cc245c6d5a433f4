import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseChain,
  parseExpression,
} from '../../../../../src/core/teaching/programmatic/expression.ts';
import {
  compare,
  equal,
  isWhole,
  rational,
  show,
  ZERO,
} from '../../../../../src/core/teaching/programmatic/rational.ts';
import {
  leaf,
  operation,
  rewrite,
  stepsOf,
  type Operator,
  type Tree,
} from '../../../../../src/core/teaching/programmatic/tree.ts';

const written = (text: string): string[] =>
  stepsOf(rewrite(parseExpression(text)!)).map(
    (step) => `${step.leftText} ${step.op} ${step.rightText} = ${step.resultText}`,
  );

describe('equations of question sets', () => {
  test.each([
    ['( ( 8.0 - 3.0 ) * 2.0 )', '10'],
    ['X=((32.0+42.0)-35.0)', '39'],
    ['- 8 * 2 3', '2'],
    ['2 + 3 * 4 - 6 / 2', '11'],
    ['8 ÷ 2 × 3 − 1', '11'],
    ['-3 + 5', '2'],
    ['20% * 50', '10'],
    ['$1,200 / 4', '300'],
    ['8.0', '8'],
  ])('%s = %s', (text, value) => {
    expect(show(parseExpression(text)!.value)).toBe(value);
  });

  test.each([
    '',
    '5 +',
    '(1 + 2',
    '1 + 2)',
    '4 / 0',
    '4 / (2 - 2)',
    'a + 1',
    '1 2',
    '+',
    '(('.repeat(300),
  ])('%j is unreadable', (text) => {
    expect(parseExpression(text)).toBeNull();
  });

  test('absurdly long or deep text is refused, not run', () => {
    expect(parseExpression('1+'.repeat(5000) + '1')).toBeNull();
    expect(parseExpression('('.repeat(1900) + '1' + ')'.repeat(90))).toBeNull();
  });

  test('calculator marks become one tree; a result used twice is one step', () => {
    const tree = parseChain('half: 48/2 = <<48/2=24>>24. So 48+24 = <<48+24=72>>72 clips.')!;
    expect(stepsOf(tree).map((step) => step.resultText)).toEqual(['24', '72']);
    const twice = parseChain('<<6*2=12>><<12+12=24>>')!;
    expect(stepsOf(twice)).toHaveLength(2);
    expect(parseChain('no marks')).toBeNull();
    expect(parseChain('<<2+2=5>>')).toBeNull();
    expect(parseChain('<<2+=4>>')).toBeNull();
  });
});

describe('the order of the steps', () => {
  test('partial sums stay at or above zero where they can', () => {
    expect(written('(4 - 8) + 5')).toEqual(['4 + 5 = 9', '9 - 8 = 1']);
    expect(written('2 * ((3 - 7) + 9)')).toEqual(['3 + 9 = 12', '12 - 7 = 5', '2 * 5 = 10']);
  });

  test('division comes last where a quotient would not be whole', () => {
    expect(written('60 * (55 / 15)')).toEqual(['60 * 55 = 3300', '3300 / 15 = 220']);
    expect(written('(20 / 4) * 3')).toEqual(['20 / 4 = 5', '5 * 3 = 15']);
  });

  const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree; op: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.integer({ min: 0, max: 60 }).map((n) => leaf(rational(BigInt(n)))),
      tie('op'),
    ),
    op: fc
      .tuple(fc.constantFrom<Operator>('+', '-', '*', '/'), tie('tree'), tie('tree'))
      .map(([op, l, r]) =>
        op === '/' && r.value.n === 0n ? operation('+', l, r) : operation(op, l, r),
      ),
  })).tree;

  test('rewriting never changes the value, and steps lead to it', () => {
    fc.assert(
      fc.property(tree, (one) => {
        const made = rewrite(one);
        expect(equal(made.value, one.value)).toBe(true);
        const last = stepsOf(made).at(-1);
        if (last) expect(equal(last.result, one.value)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('a sum of whole numbers that is not negative never goes below zero', () => {
    const terms = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 99 })), {
      minLength: 2,
      maxLength: 6,
    });
    fc.assert(
      fc.property(terms, (list) => {
        const sum = list
          .slice(1)
          .reduce<Tree>(
            (left, [plus, n]) => operation(plus ? '+' : '-', left, leaf(rational(BigInt(n)))),
            leaf(rational(BigInt(list[0]![1]))),
          );
        if (compare(sum.value, ZERO) < 0) return;
        for (const step of stepsOf(rewrite(sum))) {
          expect(compare(step.result, ZERO)).toBeGreaterThanOrEqual(0);
          expect(isWhole(step.result)).toBe(true);
        }
      }),
    );
  });
});
