import { describe, expect, test } from 'vitest';
import {
  binomialCdf,
  clopperPearson,
  formatP,
  formatRate,
  logGamma,
  mcnemarExact,
  rateOf,
  wilson,
} from '../../../../src/core/round/statistics.ts';
import { bootstrapMean, pairedBootstrap, uniforms } from '../../../../src/core/round/bootstrap.ts';

describe('intervals of a share', () => {
  test.each([
    [60, 300, 0.1586, 0.249],
    [0, 60, 0, 0.0602],
    [1, 60, 0.003, 0.0886],
    [2, 60, 0.0092, 0.1136],
    [5, 10, 0.2366, 0.7634],
    [10, 10, 0.7225, 1],
    [0, 0, 0, 1],
  ])('Wilson %d of %d', (k, n, low, high) => {
    const interval = wilson(k, n);
    expect(interval.low).toBeCloseTo(low, 3);
    expect(interval.high).toBeCloseTo(high, 3);
  });

  // Beta quantiles, e.g. 1 - 0.025^(1/60) for 0 of 60.
  test.each([
    [0, 60, 0, 1 - 0.025 ** (1 / 60)],
    [1, 60, 1 - 0.975 ** (1 / 60), 0.0894],
    [2, 60, 0.0041, 0.1153],
    [60, 60, 0.025 ** (1 / 60), 1],
    [5, 10, 0.1871, 0.8129],
    [1000, 5000, 0.189, 0.2114],
  ])('Clopper–Pearson %d of %d', (k, n, low, high) => {
    const interval = clopperPearson(k, n);
    expect(interval.low).toBeCloseTo(low, 3);
    expect(interval.high).toBeCloseTo(high, 3);
  });

  test('spot-check bounds as shown to a person: 0, 1, 2 rejected of 60', () => {
    const shown = [0, 1, 2].map((k) =>
      [wilson(k, 60), clopperPearson(k, 60)].map(({ high }) => (high * 100).toFixed(2)),
    );
    expect(shown).toEqual([
      ['6.02', '5.96'],
      ['8.86', '8.94'],
      ['11.36', '11.53'],
    ]);
  });

  test('the exact interval of a share holds it at its ends', () => {
    const { low, high } = clopperPearson(7, 40);
    expect(1 - binomialCdf(6, 40, low)).toBeCloseTo(0.025, 9);
    expect(binomialCdf(7, 40, high)).toBeCloseTo(0.025, 9);
  });

  test.each([
    [3, 2],
    [-1, 5],
    [1.5, 5],
  ])('%d of %d is refused', (k, n) => {
    expect(() => wilson(k, n)).toThrow(RangeError);
    expect(() => clopperPearson(k, n)).toThrow(RangeError);
  });
});

describe('binomial sums', () => {
  test('log-gamma is the logarithm of the factorial', () => {
    let factorial = 0;
    for (let n = 1; n <= 170; n += 1) {
      factorial += Math.log(n);
      expect(logGamma(n + 1)).toBeCloseTo(factorial, 9);
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 12);
  });

  test.each([
    [2, 5, 0.5, 0.5],
    [0, 3, 0.25, 27 / 64],
    [1, 2, 0.1, 0.99],
    [5000, 10_000, 0.5, 0.503989],
    [-1, 3, 0.5, 0],
    [3, 3, 0.5, 1],
  ])('P(X ≤ %d), n = %d, p = %d', (k, n, p, value) => {
    expect(binomialCdf(k, n, p)).toBeCloseTo(value, 6);
  });
});

describe('McNemar', () => {
  test.each([
    [0, 0, 1],
    [5, 5, 1],
    [6, 0, 2 / 64],
    [10, 2, (2 * 79) / 4096],
    [2, 10, (2 * 79) / 4096],
  ])('%d against %d', (fixed, newlyWrong, p) => {
    expect(mcnemarExact(fixed, newlyWrong)).toBeCloseTo(p, 12);
  });

  test('is stable in the thousands', () => {
    expect(mcnemarExact(293, 64)).toBeGreaterThan(3.85e-36);
    expect(mcnemarExact(293, 64)).toBeLessThan(3.95e-36);
    expect(mcnemarExact(152, 209)).toBeCloseTo(0.0032, 4);
    expect(mcnemarExact(5000, 5000)).toBe(1);
    expect(mcnemarExact(9000, 1000)).toBeGreaterThanOrEqual(0);
  });
});

describe('the bootstrap', () => {
  test('is the same for the same seed, and uniform', () => {
    const [a, b, c] = [uniforms('x'), uniforms('x'), uniforms('y')];
    const draws = Array.from({ length: 10_000 }, () => a());
    expect(Array.from({ length: 10_000 }, () => b())).toEqual(draws);
    expect(c()).not.toBe(draws[0]);
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    for (let decile = 0; decile < 10; decile += 1) {
      const share = draws.filter((draw) => Math.floor(draw * 10) === decile).length;
      expect(Math.abs(share - 1000)).toBeLessThan(150);
    }
  });

  test('covers the true mean about as often as it says', () => {
    const random = uniforms('coverage');
    let covered = 0;
    const trials = 300;
    for (let trial = 0; trial < trials; trial += 1) {
      const values = Array.from({ length: 80 }, () => (random() < 0.3 ? 1 : 0));
      const { low, high } = bootstrapMean(values, { seed: `t${trial}`, resamples: 300 });
      if (low <= 0.3 && 0.3 <= high) covered += 1;
    }
    expect(covered / trials).toBeGreaterThan(0.9);
    expect(covered / trials).toBeLessThan(0.99);
  });

  test('of pairs looks at the changes', () => {
    const before = Array.from({ length: 200 }, (_, i) => (i % 2) / 2);
    const after = before.map((share) => share + 0.25);
    const { value, low, high } = pairedBootstrap(before, after, { seed: 's' });
    expect([value, low, high].map((x) => x.toFixed(9))).toEqual(Array(3).fill('0.250000000'));
    expect(() => pairedBootstrap([1], [], { seed: 's' })).toThrow(RangeError);
  });

  test('of nothing is nothing', () => {
    expect(bootstrapMean([], { seed: 's' })).toEqual({ value: 0, low: 0, high: 0 });
  });
});

describe('formats', () => {
  test('a rate carries n and its interval', () => {
    expect(String(formatRate(rateOf(60, 300)))).toBe('20.0 % (60/300, 95 %: 15.9–24.9 %)');
    expect(String(formatRate(rateOf(0, 0)))).toBe('no questions');
  });

  test.each([
    [3.9e-36, 'p < 0.001'],
    [0.00321, 'p = 0.0032'],
    [0.5, 'p = 0.5'],
    [1, 'p = 1.00'],
  ])('%d', (p, text) => {
    expect(String(formatP(p))).toBe(text);
  });
});
