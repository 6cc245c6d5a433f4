import { foldText } from './fold.ts';
import { numberAt, type NumberToken } from './numbers.ts';
import { canonicalText } from './rational.ts';

/** Golds repeat for every sample; reading one costs more than grading a short text. */
const cache = new Map<string, NumberToken | null>();
const CACHED = 20_000;

function parseGold(gold: string): NumberToken | null {
  const folded = foldText(gold);
  const token = numberAt(folded, folded.length - folded.trimStart().length);
  // A gold is one number, with a unit at most; "5 or 6" or "3:30" would make every answer wrong.
  return token?.value && !/[0-9]/u.test(folded.slice(token.end)) ? token : null;
}

/** The number that a gold answer states; null when it is not one number. */
export function readGold(gold: string): NumberToken | null {
  const known = cache.get(gold);
  if (known !== undefined) return known;
  const read = parseGold(gold);
  if (cache.size >= CACHED) cache.clear();
  if (gold.length <= 100) cache.set(gold, read);
  return read;
}

/** The canonical value of a gold answer ("1,234" gives "1234"); null when it is not one number. */
export function goldValue(gold: string): string | null {
  const value = readGold(gold)?.value;
  return value ? canonicalText(value) : null;
}
