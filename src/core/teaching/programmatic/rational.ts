import { equalRational, rational as reduce, type Rational } from '../../grading/rational.ts';

/** The fraction n/d in lowest terms. Throws RangeError for d = 0: an equation that divides by zero has no tree. */
export function rational(n: bigint, d = 1n): Rational {
  const value = reduce(n, d);
  if (!value) throw new RangeError('division by zero');
  return value;
}

export const ZERO = rational(0n);
export const ONE = rational(1n);

export const add = (a: Rational, b: Rational): Rational =>
  rational(a.n * b.d + b.n * a.d, a.d * b.d);
export const subtract = (a: Rational, b: Rational): Rational =>
  rational(a.n * b.d - b.n * a.d, a.d * b.d);
export const multiply = (a: Rational, b: Rational): Rational => rational(a.n * b.n, a.d * b.d);
/** Throws RangeError when b is zero. */
export const divide = (a: Rational, b: Rational): Rational => rational(a.n * b.d, a.d * b.n);

/** Negative, zero or positive as a is below, equal to or above b. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export const equal = equalRational;
export const isWhole = (a: Rational): boolean => a.d === 1n;
export const absolute = (a: Rational): Rational => (a.n < 0n ? { n: -a.n, d: a.d } : a);

/** A plain decimal (`8.0`, `.5`, `1,000`, `-3`), exactly; null for anything else or for absurd lengths. */
export function parseDecimal(text: string): Rational | null {
  if (text.length > 40) return null;
  const match = /^([+-]?)(\d{1,3}(?:,\d{3})+|\d*)(?:\.(\d*))?$/u.exec(text.trim());
  const whole = match?.[2]?.replaceAll(',', '') ?? '';
  const fraction = match?.[3] ?? '';
  if (!match || (whole === '' && fraction === '')) return null;
  const magnitude = BigInt(`${whole}${fraction}`);
  return rational(match[1] === '-' ? -magnitude : magnitude, 10n ** BigInt(fraction.length));
}

/** How many digits a decimal text shows after its point. */
export function shownDecimals(text: string): number {
  return /\.(\d+)\s*$/u.exec(text)?.[1]?.length ?? 0;
}

/** Rounds half away from zero to a number of decimals. */
export function roundTo(value: Rational, decimals: number): Rational {
  const scale = 10n ** BigInt(decimals);
  const { n, d } = absolute(value);
  const units = (2n * n * scale + d) / (2n * d);
  return rational(value.n < 0n ? -units : units, scale);
}

/** How many decimals write the value exactly; null when it does not terminate. */
export function exactDecimals(value: Rational): number | null {
  let rest = value.d;
  let twos = 0;
  let fives = 0;
  for (; rest % 2n === 0n; rest /= 2n) twos += 1;
  for (; rest % 5n === 0n; rest /= 5n) fives += 1;
  return rest === 1n ? Math.max(twos, fives) : null;
}

/** Decimal text with exactly `decimals` digits after the point (rounded half away from zero). */
export function toFixed(value: Rational, decimals: number): string {
  const rounded = roundTo(value, decimals);
  const digits = (absolute(rounded).n * 10n ** BigInt(decimals)) / rounded.d;
  const padded = digits.toString().padStart(decimals + 1, '0');
  const cut = padded.length - decimals;
  const sign = rounded.n < 0n ? '-' : '';
  return decimals === 0
    ? `${sign}${padded}`
    : `${sign}${padded.slice(0, cut)}.${padded.slice(cut)}`;
}

/**
 * How a rationale shows a value: exactly where at most six decimals do, else rounded to two decimals, or to three
 * significant digits below 1, so that rounding stays far inside the arithmetic lint's tolerance.
 */
export function show(value: Rational): string {
  const exact = exactDecimals(value);
  if (exact !== null && exact <= 6) return toFixed(value, exact);
  let decimals = 2;
  const size = absolute(value);
  for (let unit = ONE; decimals < 12 && compare(size, unit) < 0; decimals += 1) {
    unit = rational(unit.n, unit.d * 10n);
  }
  return toFixed(value, decimals).replace(/\.?0+$/u, '');
}
