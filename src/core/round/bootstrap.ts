import { runWhole } from '../runWhole.ts';
import { sha256Text } from '../hash.ts';
import type { Interval } from './statistics.ts';

/** A seeded stream of uniform numbers in [0, 1) (sfc32): for statistics, not for sampling texts. */
export function uniforms(seed: string): () => number {
  const digest = sha256Text(seed);
  const word = (index: number): number => parseInt(digest.slice(index * 8, index * 8 + 8), 16) | 0;
  let [a, b, c, counter] = [word(0), word(1), word(2), 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let warmUp = 0; warmUp < 15; warmUp += 1) next();
  return next;
}

export interface BootstrapOptions {
  readonly seed: string;
  readonly resamples?: number;
  readonly confidence?: number;
}

export interface Estimate extends Interval {
  readonly value: number;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Draws between two yields: a few milliseconds' work. */
const PIECE = 200_000;

/**
 * The mean of one value per question with its percentile bootstrap interval over the questions. A generator, so that a
 * caller can let others go first.
 */
export function* bootstrapMeanSteps(
  values: readonly number[],
  { seed, resamples = 2000, confidence = 0.95 }: BootstrapOptions,
): Generator<void, Estimate, void> {
  const n = values.length;
  if (n === 0) return { value: 0, low: 0, high: 0 };
  const random = uniforms(seed);
  const means: number[] = [];
  let drawn = 0;
  for (let resample = 0; resample < resamples; resample += 1) {
    let sum = 0;
    for (let draw = 0; draw < n; draw += 1) sum += values[Math.floor(random() * n)] ?? 0;
    means.push(sum / n);
    drawn += n;
    if (drawn < PIECE) continue;
    drawn = 0;
    yield;
  }
  means.sort((a, b) => a - b);
  const at = (quantile: number): number =>
    means[Math.min(resamples - 1, Math.max(0, Math.round(quantile * (resamples - 1))))] ?? 0;
  const tail = (1 - confidence) / 2;
  return { value: mean(values), low: at(tail), high: at(1 - tail) };
}

/** The same at once. */
export function bootstrapMean(values: readonly number[], options: BootstrapOptions): Estimate {
  return runWhole(bootstrapMeanSteps(values, options));
}

/** The mean change per question, after minus before, with its interval: both lists in the same question order. */
export function pairedBootstrapSteps(
  before: readonly number[],
  after: readonly number[],
  options: BootstrapOptions,
): Generator<void, Estimate, void> {
  if (before.length !== after.length) {
    throw new RangeError(`${before.length} and ${after.length} values are not pairs`);
  }
  return bootstrapMeanSteps(
    after.map((value, index) => value - (before[index] ?? 0)),
    options,
  );
}

/** The same at once. */
export function pairedBootstrap(
  before: readonly number[],
  after: readonly number[],
  options: BootstrapOptions,
): Estimate {
  return runWhole(pairedBootstrapSteps(before, after, options));
}
