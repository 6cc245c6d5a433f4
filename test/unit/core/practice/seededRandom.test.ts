import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../src/core/practice/seededRandom.ts';

describe('seededRandom', () => {
  it('repeats its sequence and differs between seeds', () => {
    const draw = (seed: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 20 }, () => random.below(1000));
    };
    expect(draw(1)).toEqual(draw(1));
    const firsts = new Set(Array.from({ length: 200 }, (_, seed) => draw(seed).join()));
    expect(firsts.size).toBe(200);
  });

  it.each([1, 2, 3])('is even over small ranges (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const counts = new Map<number, number>();
    for (let i = 0; i < 12_000; i += 1) {
      const value = random.between(2, 13);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(
      [...Array(12).keys()].map((k) => k + 2),
    );
    // Chi-square with 11 degrees of freedom: 31.3 is passed by 999 of 1,000 fair generators.
    const chi = [...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(chi).toBeLessThan(31.3);
  });
});
