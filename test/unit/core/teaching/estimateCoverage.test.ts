import { describe, expect, it } from 'vitest';
import {
  estimateTeaching,
  type Acceptance,
  type SampleCall,
} from '../../../../src/core/teaching/estimate.ts';

const RUNS = 2000;
const PLAN = { questions: 100, concurrency: 4 };
const PRICES = { inputPerMillion: 2, outputPerMillion: 8, currency: 'USD' };

/** Shares of runs whose cost came within a quarter of what was likely, and within the range. */
function simulate(
  passes: number,
  wanted: number,
  before: (random: () => number) => Acceptance | undefined = () => undefined,
): { near: number; within: number } {
  let state = 1;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const one = (): SampleCall => ({
    promptTokens: 300 + Math.round(200 * random()),
    completionTokens: Math.round(40 * Math.exp(1.4 * random())),
    accepted: random() < passes,
    ms: 1000,
  });
  let [near, within] = [0, 0];
  for (let run = 0; run < RUNS; run += 1) {
    const samples = Array.from({ length: 5 }, one);
    let total = 0;
    for (let question = 0; question < PLAN.questions; question += 1) {
      for (let draw = 0, accepted = 0; draw < wanted + 2 && accepted < wanted; draw += 1) {
        const call = one();
        total += (call.promptTokens * 2 + call.completionTokens * 8) / 1e6;
        accepted += call.accepted ? 1 : 0;
      }
    }
    const plan = { ...PLAN, wanted, prices: PRICES, before: before(random) };
    const { cost } = estimateTeaching(samples, plan) ?? {};
    if (!cost) continue;
    near += Math.abs(cost.likely - total) <= 0.25 * total ? 1 : 0;
    within += cost.low <= total && total <= cost.high ? 1 : 0;
  }
  return { near: near / RUNS, within: within / RUNS };
}

describe.each([1, 2])('the estimate of %i rationales a question, from five calls', (wanted) => {
  it.each([0.75, 0.8, 0.85, 0.9, 0.95, 1])(
    'is near what comes in nine of ten runs where %f of the replies pass',
    (passes) => {
      expect(simulate(passes, wanted).near).toBeGreaterThanOrEqual(0.9);
    },
  );

  it.each([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95])(
    'holds what comes within its range in nine of ten runs where %f pass',
    (passes) => {
      expect(simulate(passes, wanted).within).toBeGreaterThanOrEqual(0.9);
    },
  );

  it.each([0.5, 0.6, 0.7])('is nearer with what was seen before, where %f pass', (passes) => {
    const seen = (random: () => number): Acceptance => ({
      asked: 40,
      accepted: Array.from({ length: 40 }, random).filter((draw) => draw < passes).length,
    });
    const { near } = simulate(passes, wanted, seen);
    expect(near).toBeGreaterThan(simulate(passes, wanted).near);
    expect(near).toBeGreaterThanOrEqual(0.85);
  });
});
