import { describe, expect, it } from 'vitest';
import {
  callsPerQuestion,
  estimateTeaching,
  type SampleCall,
} from '../../../../src/core/teaching/estimate.ts';
import { nextStep } from '../../../../src/core/teaching/ladder.ts';
import type { TeachingItem } from '../../../../src/core/teaching/records.ts';

const call = (tokens: number, accepted = true): SampleCall => ({
  promptTokens: tokens - 100,
  completionTokens: 100,
  accepted,
  ms: 2000,
});

/** Mean length of the real ladder, over every sequence of outcomes with its probability. */
function ladderMean(p: number, wanted: number): number {
  const go = (items: { accepted: boolean; draw: number }[]): number => {
    // SAFETY: the ladder reads these two members only.
    const step = nextStep(items as TeachingItem[], { wanted, start: 0 });
    if (step.next !== 'ask') return 0;
    const next = (accepted: boolean): number => go([...items, { accepted, draw: step.draw }]);
    return 1 + p * next(true) + (1 - p) * next(false);
  };
  return go([]);
}

describe('calls per question', () => {
  it.each([
    [1, 2, 2],
    [0, 2, 4],
    [1, 1, 1],
    [0.5, 1, 1.75],
  ])('at %f accepted and %i wanted are %f', (p, wanted, calls) => {
    expect(callsPerQuestion(p, wanted)).toBeCloseTo(calls, 12);
  });

  it('are those of the ladder that asks', () => {
    for (const p of [0.1, 0.37, 0.8, 0.95]) {
      for (const wanted of [1, 2, 3])
        expect(callsPerQuestion(p, wanted)).toBeCloseTo(ladderMean(p, wanted), 12);
    }
  });
});

describe('the estimate of a teaching run', () => {
  const plan = { questions: 100, wanted: 2, concurrency: 4, prices: null };

  it('is a range that holds what the sample says and grows with doubt', () => {
    const sure = estimateTeaching(Array(5).fill(call(500)), plan);
    expect(sure?.calls).toEqual({ low: 200, high: 309 });
    expect(sure?.tokens).toEqual({ low: 100_000, high: 154_500 });
    expect(sure?.seconds.low).toBe(100);
    expect(sure?.cost).toBeNull();
    // Nine of ten: five of five and four of five together.
    expect(sure?.likely).toEqual({ calls: 222, tokens: 110_900 });
    const mixed = estimateTeaching(
      [call(400), call(600, false), call(500), call(450, false), call(550)],
      plan,
    );
    expect(mixed?.calls.low).toBeLessThan(240);
    expect(mixed?.calls.high).toBeGreaterThan(340);
    expect(mixed?.tokens.low).toBeLessThan(100_000);
  });

  it('names a price only where the profile has one', () => {
    const prices = { inputPerMillion: 2, outputPerMillion: 10, currency: 'USD' };
    const { cost } = estimateTeaching(Array(5).fill(call(600)), { ...plan, prices }) ?? {};
    // 500 tokens in and 100 out are 0.001 + 0.001.
    expect(cost?.low).toBeCloseTo(0.4, 9);
    expect(cost?.currency).toBe('USD');
  });

  it('says nothing without a call, and not much after one', () => {
    expect(estimateTeaching([], plan)).toBeNull();
    const { tokens } = estimateTeaching([call(500)], plan) ?? {};
    expect((tokens?.high ?? 0) / (tokens?.low ?? 1)).toBeGreaterThan(3);
  });
});
