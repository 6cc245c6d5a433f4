import { addRational, fromDecimal, rational, timesRational, type Rational } from './rational.ts';

/** A number as it stands in a folded text. `value` is null when it cannot be read (1/0, a thousand digits). */
export interface NumberToken {
  readonly start: number;
  readonly end: number;
  readonly value: Rational | null;
  /** Everything the writer may have meant by the strict rule: 30 % is 30 and 0.3, 2 million is 2000000 and 2. */
  readonly readings: readonly Rational[];
  /** Further readings of the lenient rule: 50 cents as 0.5, 3 dozen as 36, 5k as 5000. */
  readonly loose: readonly Rational[];
  /** Digits after the point; null when the value is exact (a fraction). */
  readonly decimals: number | null;
  readonly percent: boolean;
  readonly fraction: boolean;
}

const VULGAR: Readonly<Record<string, readonly [bigint, bigint]>> = {
  '½': [1n, 2n],
  '⅓': [1n, 3n],
  '⅔': [2n, 3n],
  '¼': [1n, 4n],
  '¾': [3n, 4n],
  '⅕': [1n, 5n],
  '⅖': [2n, 5n],
  '⅗': [3n, 5n],
  '⅘': [4n, 5n],
  '⅙': [1n, 6n],
  '⅚': [5n, 6n],
  '⅐': [1n, 7n],
  '⅛': [1n, 8n],
  '⅜': [3n, 8n],
  '⅝': [5n, 8n],
  '⅞': [7n, 8n],
  '⅑': [1n, 9n],
  '⅒': [1n, 10n],
};

const SCALES: Readonly<Record<string, bigint>> = {
  thousand: 1_000n,
  million: 1_000_000n,
  billion: 1_000_000_000n,
  trillion: 1_000_000_000_000n,
};

/** What a word behind the number makes of it under the lenient rule, as a fraction. */
const LOOSE_UNITS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  k: [1000n, 1n],
  dozen: [12n, 1n],
  cent: [1n, 100n],
  cents: [1n, 100n],
  '¢': [1n, 100n],
};

// Every repetition is bounded or free of overlap, so that no text makes the search more than linear.
const GLYPHS = Object.keys(VULGAR).join('');
const CURRENCY = String.raw`(?:US\\?\$|USD|EUR|GBP|INR|Rs\.?|\\?\$|[€£¥₹₩])`;
const GROUPS = [
  '(?:,[0-9]{3})',
  String.raw`(?:\\,[0-9]{3})`,
  String.raw`(?:\{,\}[0-9]{3})`,
  '(?: [0-9]{3})',
];
const WHOLE = [
  `[0-9]{1,3}(?:${GROUPS.map((group) => `${group}{1,140}`).join('|')})(?![0-9])`,
  '[0-9]{1,2}(?:,[0-9]{2}){1,140},[0-9]{3}(?![0-9])',
  '[0-9]+',
].join('|');
const FRACTION = String.raw`\\[dt]?frac\{ ?(?<fracTop>[0-9]{1,400}) ?\}\{ ?(?<fracBottom>[0-9]{1,400}) ?\}`;
const NUMBER = [
  `(?<sign>[+-])?(?:${CURRENCY} ?(?<sign2>[+-])?)?(?:`,
  String.raw`(?<mixed>[0-9]{1,20}) (?<mixedTop>[0-9]{1,20})/(?<mixedBottom>[0-9]{1,20})(?![0-9/]|\.[0-9])`,
  `|(?:(?<before>[0-9]{1,20}) ?)?(?:(?<glyph>[${GLYPHS}])|${FRACTION})`,
  `|(?<whole>${WHOLE})(?:`,
  String.raw` ?/ ?(?<bottom>[0-9]{1,400})(?![0-9/]|\.[0-9])`,
  String.raw`|(?:\.(?<decimals>[0-9]+))?`,
  String.raw`(?:[eE](?<exponent>[+-]?[0-9]{1,9})(?![0-9A-Za-z])`,
  String.raw`| ?(?:x|\*|×|\\times) ?10 ?\^ ?\{?(?<power>-?[0-9]{1,9})(?![0-9])\}?)?)`,
  String.raw`|\.(?<bare>[0-9]+))`,
  String.raw`(?<percent> ?\\?%| percent(?![A-Za-z])| per cent(?![A-Za-z]))?`,
].join('');
const AT = new RegExp(NUMBER, 'uy');
const ANYWHERE = new RegExp(String.raw`(?<![A-Za-z0-9_])${NUMBER}`, 'gu');
const UNIT =
  /(?: {1,3}(thousand|million|billion|trillion|dozen|cents?)(?![A-Za-z])| ?(¢)|(k)(?![A-Za-z]))/iy;

type Groups = Readonly<Record<string, string | undefined>>;

function readValue(groups: Groups): Rational | null {
  const { mixed, mixedTop, mixedBottom, before, glyph, fracTop, fracBottom, bottom } = groups;
  const whole = (groups['whole'] ?? '').replace(/[^0-9]/gu, '');
  if (mixed !== undefined && mixedTop !== undefined && mixedBottom !== undefined) {
    const part = rational(BigInt(mixedTop), BigInt(mixedBottom));
    return part && addRational({ n: BigInt(mixed), d: 1n }, part);
  }
  if (glyph !== undefined || fracTop !== undefined) {
    const parts =
      glyph === undefined
        ? ratio(fracTop ?? '', fracBottom ?? '')
        : rational(VULGAR[glyph]?.[0] ?? 0n, VULGAR[glyph]?.[1] ?? 0n);
    return parts && addRational({ n: BigInt(before ?? '0'), d: 1n }, parts);
  }
  if (bottom !== undefined) return ratio(whole, bottom);
  const exponent = Number(groups['exponent'] ?? groups['power'] ?? '0');
  return fromDecimal(whole, groups['decimals'] ?? groups['bare'] ?? '', exponent);
}

function ratio(top: string, bottom: string): Rational | null {
  const [n, d] = [fromDecimal(top, '', 0), fromDecimal(bottom, '', 0)];
  return n && d && rational(n.n, d.n);
}

function present(values: readonly (Rational | null)[]): Rational[] {
  return values.filter((value) => value !== null);
}

/** A minus sign behind a number, a bracket or a word without a space is an operator or a hyphen, not a sign. */
function isSign(text: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && text[before] === ' ' && at - before < 4) before -= 1;
  const character = text[before] ?? '';
  if (before < at - 1) return !/[0-9)%]/u.test(character);
  return !/[0-9)%A-Za-z]/u.test(character);
}

function toToken(text: string, match: RegExpMatchArray, operatorBefore: boolean): NumberToken {
  const groups: Groups = match.groups ?? {};
  const index = match.index ?? 0;
  const signed = groups['sign'] === undefined || operatorBefore || isSign(text, index);
  const negative = groups['sign2'] === '-' || (groups['sign'] === '-' && signed);
  const size = readValue(groups);
  const unsized = size && (negative ? { n: -size.n, d: size.d } : size);
  const end = index + match[0].length;
  UNIT.lastIndex = end;
  const unit = UNIT.exec(text);
  const word = (unit?.[1] ?? unit?.[2] ?? unit?.[3] ?? '').toLowerCase();
  const scale = SCALES[word];
  const value = unsized && scale !== undefined ? timesRational(unsized, scale, 1n) : unsized;
  const percent = groups['percent'] !== undefined;
  const fraction =
    groups['mixed'] !== undefined ||
    groups['glyph'] !== undefined ||
    groups['fracTop'] !== undefined ||
    groups['bottom'] !== undefined;
  const loose = LOOSE_UNITS[word];
  const decimals = (groups['decimals'] ?? groups['bare'] ?? '').length;
  const power = Number(groups['exponent'] ?? groups['power'] ?? '0');
  return {
    start: signed ? index : index + 1,
    end,
    value,
    readings: value
      ? present([value, percent ? timesRational(value, 1n, 100n) : null, scale ? unsized : null])
      : [],
    loose: value && loose ? present([timesRational(value, loose[0], loose[1])]) : [],
    decimals: fraction || scale !== undefined ? null : Math.max(0, decimals - power),
    percent,
    fraction,
  };
}

/** The number that starts exactly at `at` of a folded text, or null. A sign there is a sign. */
export function numberAt(folded: string, at: number): NumberToken | null {
  AT.lastIndex = at;
  const match = AT.exec(folded);
  return match && toToken(folded, match, true);
}

/** All numbers of a folded text between two indexes, in order, one at a time; none is read past `end`. */
export function* numbersIn(folded: string, start: number, end: number): Generator<NumberToken> {
  const text = folded.slice(0, end);
  for (let from = start; from < end;) {
    ANYWHERE.lastIndex = from;
    const match = ANYWHERE.exec(text);
    if (!match) return;
    from = match.index + match[0].length;
    yield toToken(folded, match, false);
  }
}
