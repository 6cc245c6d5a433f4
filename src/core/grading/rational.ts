/** An exact value n/d, reduced, d > 0: answers are never compared as floating point. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

/** Longer numbers than this many digits (or larger powers of ten) are not read: no answer needs them. */
export const MAX_DIGITS = 400;

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** The reduced fraction n/d; null when d is zero. */
export function rational(n: bigint, d: bigint): Rational | null {
  if (d === 0n) return null;
  const [top, bottom] = d < 0n ? [-n, -d] : [n, d];
  const divisor = gcd(top, bottom);
  return divisor === 0n ? { n: 0n, d: 1n } : { n: top / divisor, d: bottom / divisor };
}

/** `whole.fraction × 10^exponent` exactly; null when it has too many digits to be an answer. */
export function fromDecimal(whole: string, fraction: string, exponent: number): Rational | null {
  if (whole.length + fraction.length > MAX_DIGITS || Math.abs(exponent) > MAX_DIGITS) return null;
  const digits = BigInt(`0${whole}${fraction}`);
  const power = exponent - fraction.length;
  return power >= 0
    ? rational(digits * 10n ** BigInt(power), 1n)
    : rational(digits, 10n ** BigInt(-power));
}

export function equalRational(a: Rational, b: Rational): boolean {
  return a.n === b.n && a.d === b.d;
}

export function addRational(a: Rational, b: Rational): Rational | null {
  return rational(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function timesRational(a: Rational, n: bigint, d: bigint): Rational | null {
  return rational(a.n * n, a.d * d);
}

/**
 * Whether two values are the same number written with different precision: they differ by at most half a unit of
 * `decimals` places and by at most a twentieth of `b` (2 is not 1.5 rounded, 33 is 33.33 rounded).
 */
export function roundsTo(a: Rational, b: Rational, decimals: number): boolean {
  const difference = a.n * b.d - b.n * a.d;
  const size = difference < 0n ? -difference : difference;
  const d = a.d * b.d;
  const bSize = (b.n < 0n ? -b.n : b.n) * a.d;
  return size * 2n * 10n ** BigInt(decimals) <= d && size * 20n <= bSize;
}

/** The one spelling of a value: exact decimal text where there is one, else `n/d`. */
export function canonicalText({ n, d }: Rational): string {
  let [rest, twos, fives] = [d, 0, 0];
  for (; rest % 2n === 0n; rest /= 2n) twos += 1;
  for (; rest % 5n === 0n; rest /= 5n) fives += 1;
  if (rest !== 1n) return `${n.toString()}/${d.toString()}`;
  const places = Math.max(twos, fives);
  if (places === 0) return n.toString();
  const scaled = (n < 0n ? -n : n) * (10n ** BigInt(places) / d);
  const digits = scaled.toString().padStart(places + 1, '0');
  return `${n < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
