import { equal, parseDecimal } from './rational.ts';
import type { Rational } from '../../grading/rational.ts';

/** Words in -s that follow a number without naming things. */
const NOT_NOUNS = new Set(
  'is was has does as less plus minus times its this his hers theirs always gives gets goes costs makes needs takes eats sells buys'.split(
    ' ',
  ),
);
const IRREGULAR = new Set('children people fish sheep men women mice feet teeth geese'.split(' '));

const isPlural = (word: string): boolean =>
  IRREGULAR.has(word) || (/^[a-z]{2,14}[^s\W]s$/u.test(word) && !NOT_NOUNS.has(word));

/**
 * What a number counts, when the word right after it in the text is a plain plural ("12 apples"); null otherwise or
 * when the text uses the number more than once: a wrong name would be worse than none.
 */
export function nounAfter(text: string, value: Rational): string | null {
  let label: string | null = null;
  let uses = 0;
  for (const match of text.matchAll(/(?<![\d.,])(\d[\d,]*(?:\.\d+)?)(?:\s+([A-Za-z]+))?/gu)) {
    const number = parseDecimal((match[1] ?? '').replace(/,$/u, ''));
    if (!number || !equal(number, value)) continue;
    uses += 1;
    const word = match[2] ?? '';
    label = isPlural(word) ? word : null;
  }
  return uses === 1 ? label : null;
}

/** The numbers that a text writes in digits, in order, each once. */
export function numbersOf(text: string): Rational[] {
  const found: Rational[] = [];
  for (const match of text.matchAll(
    /(?<![\d.,])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|(?<!\d)\.\d+/gu,
  )) {
    const value = parseDecimal(match[0]);
    if (value && !found.some((other) => equal(other, value))) found.push(value);
  }
  return found;
}

const WORDS = new Map<string, bigint>([
  ...'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
    .split(' ')
    .map((word, value): [string, bigint] => [word, BigInt(value)]),
  ...'twenty thirty forty fifty sixty seventy eighty ninety hundred'
    .split(' ')
    .map((word, index): [string, bigint] => [word, BigInt(20 + 10 * index)]),
  ['half', 2n],
  ['twice', 2n],
  ['double', 2n],
  ['third', 3n],
  ['triple', 3n],
  ['quarter', 4n],
  ['dozen', 12n],
]);

/** The numbers that a text writes as words ("three", "twice"). */
export function wordNumbersOf(text: string): Rational[] {
  const words = text.toLowerCase().match(/[a-z]+/gu) ?? [];
  return [...new Set(words)].flatMap((word) => {
    const value = WORDS.get(word);
    return value === undefined ? [] : [{ n: value, d: 1n }];
  });
}
