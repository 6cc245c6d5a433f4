import { figures } from '../figures.ts';
import { sentence, type Sentence } from '../sentence.ts';
import { pValue } from '../../shared/pValue.ts';

/** The 97.5 % point of the normal distribution. */
const Z95 = 1.959963984540054;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A share of n with its 95 % Wilson interval: how every accuracy is shown. */
export interface Rate extends Interval {
  readonly right: number;
  readonly n: number;
  readonly rate: number;
}

function checkCounts(k: number, n: number): void {
  if (!Number.isInteger(k) || !Number.isInteger(n) || k < 0 || n < k) {
    throw new RangeError(`${k} of ${n} is no share`);
  }
}

/** The Wilson score interval of k of n (Wilson 1927); all of [0, 1] for n = 0. */
export function wilson(k: number, n: number, z: number = Z95): Interval {
  checkCounts(k, n);
  if (n === 0) return { low: 0, high: 1 };
  const share = k / n;
  const z2 = z * z;
  const centre = share + z2 / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  const scale = 1 + z2 / n;
  return {
    low: k === 0 ? 0 : Math.max(0, (centre - half) / scale),
    high: k === n ? 1 : Math.min(1, (centre + half) / scale),
  };
}

/** k of n as a rate with its Wilson interval. */
export function rateOf(k: number, n: number): Rate {
  return { right: k, n, rate: n === 0 ? 0 : k / n, ...wilson(k, n) };
}

const LANCZOS: readonly number[] = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
];

/** ln Γ(x) for x > 0 (Lanczos, g = 7, nine terms). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  const t = shifted + 7.5;
  const sum = LANCZOS.reduce(
    (total, term, index) => total + (index === 0 ? term : term / (shifted + index)),
    0,
  );
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** ln of the binomial coefficient. */
function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/** P(X ≤ k) of a binomial with n draws of probability p in (0, 1), summed from its largest term. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  if (p <= 0) return 1;
  if (p >= 1) return 0;
  const logs = Array.from(
    { length: k + 1 },
    (_, i) => logChoose(n, i) + i * Math.log(p) + (n - i) * Math.log1p(-p),
  );
  const largest = Math.max(...logs.slice(-1), logs[Math.min(k, Math.floor((n + 1) * p))] ?? 0);
  const sum = logs.reduce((total, log) => total + Math.exp(log - largest), 0);
  return Math.min(1, Math.exp(largest + Math.log(sum)));
}

/** The p in [0, 1] where a falling function of p reaches `target`. */
function solveFalling(f: (p: number) => number, target: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (f(middle) > target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The exact interval of k of n (Clopper and Pearson 1934): never covers less than it says. */
export function clopperPearson(k: number, n: number, confidence = 0.95): Interval {
  checkCounts(k, n);
  const tail = (1 - confidence) / 2;
  return {
    low: k === 0 ? 0 : solveFalling((p) => binomialCdf(k - 1, n, p), 1 - tail),
    high: k === n ? 1 : solveFalling((p) => binomialCdf(k, n, p), tail),
  };
}

/** P(X ≤ k) when n of `population` items, of which `bad` are bad, are drawn without putting back. */
function hypergeometricCdf(k: number, n: number, bad: number, population: number): number {
  const whole = logChoose(population, n);
  let sum = 0;
  for (let i = Math.max(0, n - (population - bad)); i <= Math.min(k, bad, n); i += 1) {
    sum += Math.exp(logChoose(bad, i) + logChoose(population - bad, n - i) - whole);
  }
  return Math.min(1, sum);
}

/**
 * The upper end of the exact 95 % interval of the share of bad items in a population of which n were drawn at random
 * and k found bad: both ends of the interval have 2.5 % beyond them. For an endless population it is Clopper and
 * Pearson's (1 of 60: 8.9 %); of a small one the drawn items are a known part, and the bound is lower.
 */
export function populationUpperBound(
  k: number,
  n: number,
  population: number = Infinity,
  confidence = 0.95,
): number {
  checkCounts(k, n);
  const endless = clopperPearson(k, n, confidence).high;
  if (!Number.isFinite(population) || n === 0) return endless;
  checkCounts(n, population);
  const tail = (1 - confidence) / 2;
  // The largest number of bad items that is not refuted; at most all that were not seen to be good.
  let low = k;
  let high = population - (n - k);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (hypergeometricCdf(k, n, middle, population) > tail) low = middle;
    else high = middle - 1;
  }
  return Math.min(endless, low / population);
}

/**
 * The exact two-sided McNemar test: how surprising it is that of all changed questions `fixed` went one way and
 * `newlyWrong` the other, were both equally likely.
 */
export function mcnemarExact(fixed: number, newlyWrong: number): number {
  const n = fixed + newlyWrong;
  checkCounts(fixed, n);
  if (n === 0) return 1;
  return Math.min(1, 2 * binomialCdf(Math.min(fixed, newlyWrong), n, 0.5));
}

const percent = (share: number): string => (share * 100).toFixed(1);

/** `20.0 % (60/300, 95 %: 15.9–24.9 %)`: never an accuracy without n and its interval. */
export function formatRate({ right, n, rate, low, high }: Rate): Sentence {
  if (n === 0) return sentence`no questions`;
  const counted = Number.isInteger(right) ? String(right) : right.toFixed(2);
  return figures(`${percent(rate)} % (${counted}/${n}, 95 %: ${percent(low)}–${percent(high)} %)`);
}

/** A p value as a part of sentences: `p = 0.0032`, `p < 0.001`. */
export function formatP(p: number): Sentence {
  return figures(pValue(p));
}
