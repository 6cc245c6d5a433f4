import { describe, expect, it } from 'vitest';
import type { SpotCheckRecord } from '../../../../src/core/curation/curation.ts';
import {
  drawSample,
  openSpotCheck,
  percentAtMost,
  spotCheckState,
  type SampledNow,
} from '../../../../src/core/curation/spotCheck.ts';
import { clopperPearson, populationUpperBound } from '../../../../src/core/round/statistics.ts';

const ids = Array.from({ length: 40 }, (_, index) => `q-${index}`);
const record = (over: Partial<SpotCheckRecord> = {}): SpotCheckRecord => ({
  author: { kind: 'person', name: 'ana' },
  id: 's-1',
  population: 1000,
  items: ids.slice(0, 4),
  outcomes: ids.slice(0, 4).map(() => 'as-drawn'),
  filter: '{}',
  seed: '1',
  round: 1,
  order: 3,
  ...over,
});

describe('populationUpperBound', () => {
  it.each([
    [0, 60, 0.0596],
    [1, 60, 0.0894],
    [2, 60, 0.1153],
    [60, 60, 1],
    [0, 0, 1],
  ])('%i bad of %i, endless population: %f', (k, n, expected) => {
    expect(populationUpperBound(k, n)).toBeCloseTo(expected, 4);
    expect(populationUpperBound(k, n)).toBe(clopperPearson(k, n).high);
  });

  it('is exact for small populations: checked against a count by hand', () => {
    // 5 of 10 drawn, none bad: P(none | 4 bad) = C(6,5)/C(10,5) = 6/252 < 2.5 %, P(none | 3) = 21/252.
    expect(populationUpperBound(0, 5, 10)).toBe(0.3);
    // All drawn: nothing is left to doubt.
    expect(populationUpperBound(2, 10, 10)).toBe(0.2);
  });

  it('never exceeds the endless one, and comes to it', () => {
    expect(populationUpperBound(1, 60, 812)).toBeLessThan(populationUpperBound(1, 60));
    expect(populationUpperBound(1, 60, 10_000_000)).toBeCloseTo(populationUpperBound(1, 60), 5);
  });

  it('covers: of all populations a bound is broken in at most 2.5 % of the draws', () => {
    const population = 30;
    const n = 8;
    for (const bad of [1, 3, 6, 12]) {
      let broken = 0;
      const draws = 2000;
      for (let draw = 0; draw < draws; draw += 1) {
        const sample = drawSample(ids.slice(0, population), n, `${bad}/${draw}`);
        const found = sample.filter((id) => Number(id.slice(2)) < bad).length;
        if (populationUpperBound(found, n, population) < bad / population) broken += 1;
      }
      expect(broken / draws).toBeLessThan(0.04);
    }
  });
});

describe('drawSample', () => {
  it('draws so many, in order, the same for the same seed and others for another', () => {
    const sample = drawSample(ids, 10, 'a');
    expect(sample).toHaveLength(10);
    expect([...sample].sort((a, b) => ids.indexOf(a) - ids.indexOf(b))).toEqual(sample);
    expect(drawSample(ids, 10, 'a')).toEqual(sample);
    expect(drawSample(ids, 10, 'b')).not.toEqual(sample);
    expect(drawSample(ids, 99, 'a')).toEqual(ids);
  });

  it('takes every item equally often', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 4000; seed += 1) {
      for (const id of drawSample(ids, 10, String(seed))) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    // 1000 expected, standard deviation 27.
    expect(Math.min(...ids.map((id) => counts.get(id) ?? 0))).toBeGreaterThan(850);
    expect(Math.max(...counts.values())).toBeLessThan(1150);
  });
});

describe('a spot check', () => {
  const state = (found: (readonly [SampledNow['status'], string] | undefined)[]) =>
    spotCheckState(
      record(),
      (id) => {
        const [status, outcome] = found[ids.indexOf(id)] ?? [];
        return status && outcome !== undefined ? { status, outcome } : undefined;
      },
      { remaining: 996, sameFilter: true },
    );
  const good = ['accepted', 'as-drawn'] as const;

  it('has no bound before the last drawn item is decided', () => {
    const some = [good, ['rejected', 'a'], ['edited', 'b'], ['todo', '']] as const;
    expect(state([...some])).toMatchObject({
      drawn: 4,
      decided: 3,
      bad: 2,
      bound: null,
    });
    expect(state([good, good, good, good]).bound).toBeCloseTo(0.6, 2);
  });

  it('counts as bad what is accepted otherwise than it would have been with all the others', () => {
    const other = ['accepted', 'other'] as const;
    expect(state([good, other, other, good])).toMatchObject({ decided: 4, bad: 2 });
  });

  it('calls nothing good where it was not written down what that would be', () => {
    const { outcomes: _, ...older } = record();
    const look = (): SampledNow => ({ status: 'accepted', outcome: 'as-drawn' });
    const now = { remaining: 996, sameFilter: true };
    expect(spotCheckState(older, look, now)).toMatchObject({ bad: 4 });
  });

  it('rounds its bound up: what is written down must hold', () => {
    expect(['0.0596', '0.05', '0.0501', '1'].map((share) => percentAtMost(Number(share)))).toEqual([
      '6.0',
      '5.0',
      '5.1',
      '100.0',
    ]);
    expect(percentAtMost(0.05961)).toBe('6.0');
    expect(percentAtMost(0.08941)).toBe('9.0');
  });

  it('counts what disappeared as bad', () => {
    expect(state([good, undefined, good, good])).toMatchObject({ bad: 1 });
  });

  it('is open until it is ended or another is drawn; another round’s is not', () => {
    const other = record({ id: 's-2' });
    expect(openSpotCheck([record(), other], 1)).toBe(other);
    expect(openSpotCheck([record(), record({ items: [] })], 1)).toBeNull();
    expect(openSpotCheck([record()], 2)).toBeNull();
  });
});
