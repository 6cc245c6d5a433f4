import { describe, expect, it } from 'vitest';
import type { Candidates } from '../../../src/engine/examModel.ts';
import { drawKey, Sampler, uniform } from '../../../src/engine/sampler.ts';

const row = (values: number[]): Candidates => ({
  values: Float32Array.from(values),
  ids: Int32Array.from(values.keys()),
  width: values.length,
});

/** Counts of picks over `n` draws of one key. */
function histogram(sampler: Sampler, candidates: Candidates, n: number): number[] {
  const counts = new Array<number>(candidates.width).fill(0);
  const key = drawKey('seed', 'q', 0);
  for (let i = 0; i < n; i++) counts[sampler.pick(candidates, 0, uniform(key, i))]!++;
  return counts;
}

describe('uniform', () => {
  // Values of an independent implementation in exact integers.
  it('is a pure function of key and index, the same on every platform', () => {
    const key = drawKey('seed', 'question-1', 2);
    expect(key).toEqual({ a: -1034816605, b: 2141758707 });
    expect([0, 1, 2].map((i) => uniform(key, i))).toEqual([
      0.6845520439403047, 0.1562481344900104, 0.046445295689397814,
    ]);
  });

  it('fills [0, 1) evenly over indices, samples and questions', () => {
    const bins = 50;
    const n = 10_000;
    const series: ((i: number) => number)[] = [
      (i) => uniform(drawKey('s', 'q', 0), i),
      (i) => uniform(drawKey('s', 'q', i), 0),
      (i) => uniform(drawKey('s', `q${i}`, 0), 5),
    ];
    for (const draw of series) {
      const counts = new Array<number>(bins).fill(0);
      for (let i = 0; i < n; i++) {
        const u = draw(i);
        expect(u >= 0 && u < 1).toBe(true);
        counts[Math.floor(u * bins)]!++;
      }
      const chi2 = counts.reduce((sum, c) => sum + (c - n / bins) ** 2 / (n / bins), 0);
      // 49 degrees of freedom: beyond 86 in one of a thousand.
      expect(chi2).toBeLessThan(86);
    }
  });

  it('does not correlate neighbouring tokens or samples', () => {
    const n = 20_000;
    const a = drawKey('s', 'q', 0);
    const b = drawKey('s', 'q', 1);
    const correlation = (x: (i: number) => number, y: (i: number) => number): number => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (x(i) - 0.5) * (y(i) - 0.5);
      return (sum / n) * 12;
    };
    expect(
      Math.abs(
        correlation(
          (i) => uniform(a, i),
          (i) => uniform(a, i + 1),
        ),
      ),
    ).toBeLessThan(0.03);
    expect(
      Math.abs(
        correlation(
          (i) => uniform(a, i),
          (i) => uniform(b, i),
        ),
      ),
    ).toBeLessThan(0.03);
  });
});

describe('Sampler', () => {
  it('draws 64 classes with their probabilities (χ²)', () => {
    const values = Array.from({ length: 64 }, (_, i) => 2 - i / 24);
    const sampler = new Sampler({ temperature: 0.8, topK: 64, topP: 1 });
    const n = 60_000;
    const weights = values.map((v) => Math.exp(v / 0.8));
    const total = weights.reduce((a, b) => a + b, 0);
    const chi2 = histogram(sampler, row(values), n).reduce((sum, count, i) => {
      const expected = (n * weights[i]!) / total;
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    // 63 degrees of freedom: beyond 104 in one of a thousand.
    expect(chi2).toBeLessThan(104);
  });

  it('is greedy at temperature 0: the first candidate, whatever the draw', () => {
    const sampler = new Sampler({ temperature: 0, topK: 64, topP: 1 });
    expect([0, 0.5, 0.999_999].map((u) => sampler.pick(row([1, 1, 1]), 0, u))).toEqual([0, 0, 0]);
  });

  it('top-k keeps the k largest', () => {
    const counts = histogram(
      new Sampler({ temperature: 1, topK: 3, topP: 1 }),
      row([1, 1, 1, 1, 1]),
      3000,
    );
    expect(counts.slice(3)).toEqual([0, 0]);
    expect(Math.min(...counts.slice(0, 3))).toBeGreaterThan(800);
  });

  it('top-p keeps the candidate that crosses the border and none after it', () => {
    // Probabilities 0.5, 0.25, 0.125, 0.125.
    const values = [0.5, 0.25, 0.125, 0.125].map(Math.log);
    const kept = (topP: number): number =>
      histogram(new Sampler({ temperature: 1, topK: 64, topP }), row(values), 4000).filter(Boolean)
        .length;
    expect([0.1, 0.49, 0.51, 0.74, 0.76, 0.88, 1].map(kept)).toEqual([1, 1, 2, 2, 3, 4, 4]);
  });

  it('reads the row it is asked for', () => {
    const two = {
      values: Float32Array.of(5, -90, 5, 4.9),
      ids: Int32Array.of(1, 2, 3, 4),
      width: 2,
    };
    const sampler = new Sampler({ temperature: 1, topK: 64, topP: 1 });
    expect(sampler.pick(two, 0, 0.999)).toBe(0);
    expect(sampler.pick(two, 1, 0.999)).toBe(1);
  });
});
