import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  compare,
  divide,
  equal,
  multiply,
  parseDecimal,
  rational,
  roundTo,
  show,
  subtract,
  toFixed,
} from '../../../../../src/core/teaching/programmatic/rational.ts';

const fraction = fc
  .tuple(fc.bigInt(-(10n ** 9n), 10n ** 9n), fc.bigInt(1n, 10n ** 6n))
  .map(([n, d]) => rational(n, d));

describe('exact fractions', () => {
  test('sums and products undo exactly', () => {
    fc.assert(
      fc.property(fraction, fraction, (a, b) => {
        expect(equal(subtract(add(a, b), b), a)).toBe(true);
        if (b.n !== 0n) expect(equal(divide(multiply(a, b), b), a)).toBe(true);
      }),
    );
  });

  test('a shown value is within the arithmetic lint’s tolerance of the exact one', () => {
    fc.assert(
      fc.property(fraction, (a) => {
        const shown = parseDecimal(show(a))!;
        const exact = Number(a.n) / Number(a.d);
        expect(Math.abs(Number(show(a)) - exact)).toBeLessThanOrEqual(
          0.006 * Math.max(1, Math.abs(exact)),
        );
        expect(shown).not.toBeNull();
      }),
    );
  });

  test.each([
    ['8.0', '8'],
    ['.5', '0.5'],
    ['1,000', '1000'],
    ['-3.25', '-3.25'],
    ['0.01', '0.01'],
  ])('%s is read and shown as %s', (text, shown) => {
    expect(show(parseDecimal(text)!)).toBe(shown);
  });

  test.each(['', '.', '1,00', '1e5', 'x', '1 2', '--3'])('%j is no decimal', (text) => {
    expect(parseDecimal(text)).toBeNull();
  });

  test('values that do not terminate are rounded, small ones to three digits', () => {
    expect(show(rational(20n, 3n))).toBe('6.67');
    expect(show(rational(1n, 300n))).toBe('0.00333');
    expect(show(rational(-2n, 3n))).toBe('-0.667');
  });

  test('rounds half away from zero and orders', () => {
    expect(toFixed(rational(5n, 2n), 0)).toBe('3');
    expect(toFixed(rational(-5n, 2n), 0)).toBe('-3');
    expect(equal(roundTo(rational(1n, 3n), 2), rational(33n, 100n))).toBe(true);
    expect(compare(rational(1n, 3n), rational(1n, 2n))).toBeLessThan(0);
    expect(() => rational(1n, 0n)).toThrow(RangeError);
  });
});
