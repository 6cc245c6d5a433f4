import { wilson } from '../round/statistics.ts';
import { DRAWS_BEYOND_WANTED } from './ladder.ts';
import { costOf, type Prices } from './prices.ts';

/** What one real call told: its tokens, and whether the gate accepted what came. */
export interface SampleCall {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of the prompt's, those that the server had read before. */
  readonly cachedTokens?: number;
  readonly accepted: boolean;
  /** From sending to the last word. */
  readonly ms: number;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface TeachingEstimate {
  /** Questions that are still to be asked about, and real calls that the estimate rests on. */
  readonly questions: number;
  readonly sampled: number;
  readonly calls: Range;
  readonly tokens: Range;
  /** What to reckon with: the range holds what comes nearly always, this is near it mostly. */
  readonly likely: { readonly calls: number; readonly tokens: number };
  /** Null where no price is known. */
  readonly cost:
    | (Range & {
        readonly likely: number;
        readonly currency: string;
        readonly asOf?: string | undefined;
      })
    | null;
  readonly seconds: Range;
}

/** How many of so many replies passed the gate. */
export interface Acceptance {
  readonly accepted: number;
  readonly asked: number;
}

/**
 * What is thought of a teacher before it has answered: four of five replies pass. Five calls alone tell a share that is
 * far off as often as not; with this, what is likely is within a quarter in nine of ten runs where three of four replies
 * or more pass, and nearer than without it where fewer do (estimateCoverage.test.ts).
 */
const THOUGHT: Acceptance = { accepted: 4, asked: 5 };
/** Earlier replies count for no more than so many: the questions of now may be harder. */
const EARLIER = 10;

/** Two-sided 95 % points of Student's t for 1, 2, … degrees of freedom. */
const T95 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/**
 * Calls that a question takes on average where each is accepted with probability `p`: draws go on until `wanted` are
 * accepted or the ladder ends. The mean is the sum over k of the probability that k draws were not enough.
 */
export function callsPerQuestion(p: number, wanted: number): number {
  const most = wanted + DRAWS_BEYOND_WANTED;
  // ways[a]: probability of a acceptances so far, while fewer than wanted.
  let ways = [1, ...Array<number>(wanted - 1).fill(0)];
  let mean = 0;
  for (let draws = 0; draws < most; draws += 1) {
    mean += ways.reduce((sum, share) => sum + share, 0);
    ways = ways.map((share, a) => share * (1 - p) + (a > 0 ? (ways[a - 1] ?? 0) * p : 0));
  }
  return mean;
}

/** What a teaching run will take, as a 95 % range from a few real calls; null without any. */
export function estimateTeaching(
  samples: readonly SampleCall[],
  plan: {
    readonly questions: number;
    readonly wanted: number;
    readonly concurrency: number;
    readonly prices: Prices | null;
    /** Of this teacher with this template, before the samples. */
    readonly before?: Acceptance | undefined;
  },
): TeachingEstimate | null {
  const n = samples.length;
  if (n === 0) return null;
  const { questions, wanted, concurrency, prices } = plan;
  const accepted = samples.filter((sample) => sample.accepted).length;
  const share = wilson(accepted, n);
  const calls = {
    low: Math.floor(questions * callsPerQuestion(share.high, wanted)),
    high: Math.ceil(questions * callsPerQuestion(share.low, wanted)),
  };
  const times = (per: Range): Range => ({ low: calls.low * per.low, high: calls.high * per.high });
  const sum = ({ promptTokens, completionTokens }: SampleCall): number =>
    promptTokens + completionTokens;
  const tokens = times(meanRange(samples.map(sum)));
  const middle =
    questions * callsPerQuestion(likelyShare({ accepted, asked: n }, plan.before), wanted);
  const likely = Math.min(calls.high, Math.max(calls.low, middle));
  const seconds = times(meanRange(samples.map(({ ms }) => ms / 1000 / concurrency)));
  return {
    questions,
    sampled: n,
    calls,
    tokens: { low: Math.floor(tokens.low), high: Math.ceil(tokens.high) },
    likely: {
      calls: Math.round(likely),
      tokens: Math.round(likely * mean(samples.map(sum))),
    },
    cost:
      prices === null
        ? null
        : {
            ...times(priceRange(samples, prices)),
            likely: likely * mean(samples.map((sample) => costOf(sample, prices))),
            currency: prices.currency,
            ...(prices.asOf === undefined ? {} : { asOf: prices.asOf }),
          },
    seconds,
  };
}

/** The share of replies to reckon with: the samples, drawn towards what was seen and thought before. */
function likelyShare(samples: Acceptance, before: Acceptance = { accepted: 0, asked: 0 }): number {
  const weight = before.asked > EARLIER ? EARLIER / before.asked : 1;
  const all = [samples, THOUGHT];
  const sum = (of: (one: Acceptance) => number): number =>
    all.reduce((total, one) => total + of(one), weight * of(before));
  return sum(({ accepted }) => accepted) / sum(({ asked }) => asked);
}

function priceRange(samples: readonly SampleCall[], prices: Prices): Range {
  return meanRange(samples.map((sample) => costOf(sample, prices)));
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** The mean with its 95 % interval; never below zero, and wide open where one value is all there is. */
function meanRange(values: readonly number[]): Range {
  const n = values.length;
  const middle = mean(values);
  if (n === 1) return { low: middle / 2, high: middle * 2 };
  const squares = values.reduce((total, value) => total + (value - middle) ** 2, 0);
  const half = (T95[n - 2] ?? 1.96) * Math.sqrt(squares / (n - 1) / n);
  return { low: Math.max(0, middle - half), high: middle + half };
}
