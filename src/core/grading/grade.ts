import { readAnswer, type Reading } from './answer.ts';
import { foldText } from './fold.ts';
import { readGold } from './gold.ts';
import { findMarkers, lastLine, type Marker } from './markers.ts';
import { numberAt, numbersIn, type NumberToken } from './numbers.ts';
import { canonicalText, equalRational, roundsTo } from './rational.ts';
import type { Grade, GradeFlag, Verdict } from './verdict.ts';

/** Names the rules below: stored grades carry it, and another name means "grade again". */
export const GRADER = 'numeric-1';

/** The strict rule: exactly the gold's number, in one of the ways either may be meant. */
function equalsGold(token: NumberToken, gold: NumberToken): boolean {
  return token.readings.some((a) => gold.readings.some((b) => equalRational(a, b)));
}

/** The lenient rule's equality, and whether it took rounding. */
function nearGold(token: NumberToken, gold: NumberToken): 'equal' | 'rounded' | null {
  if (equalsGold(token, gold)) return 'equal';
  const { readings } = gold;
  if (token.loose.some((a) => readings.some((b) => equalRational(a, b)))) return 'equal';
  const places = [token.decimals, gold.decimals].filter((value) => value !== null);
  if (places.length === 0 || !token.value || !gold.value) return null;
  return roundsTo(token.value, gold.value, Math.min(...places)) ? 'rounded' : null;
}

interface Extraction {
  readonly folded: string;
  readonly markers: readonly Marker[];
  readonly token: NumberToken | null;
  readonly flags: ReadonlySet<GradeFlag>;
}

function sameValue(a: NumberToken, b: NumberToken): boolean {
  return a.value !== null && b.value !== null && equalRational(a.value, b.value);
}

/** Unmarked, a number counts only when the text is nothing else. */
function wholeText(folded: string): NumberToken | null {
  const start = folded.length - folded.trimStart().length;
  const token = numberAt(folded, start);
  return token?.value && /^[ \n.*]*$/u.test(folded.slice(token.end)) ? token : null;
}

function extract(text: string): Extraction {
  const folded = foldText(text);
  const markers = findMarkers(folded);
  const flags = new Set<GradeFlag>();
  if (markers.length === 0) {
    flags.add('no-marker');
    return { folded, markers, token: wholeText(folded), flags };
  }
  let best: { token: NumberToken; rank: number } | null = null;
  const readings: Reading[] = [];
  for (const marker of markers) {
    const reading = readAnswer(folded, marker.start, marker.end);
    readings.push(reading);
    if (reading.token && (best === null || marker.rank < best.rank)) {
      best = { token: reading.token, rank: marker.rank };
    }
  }
  const token = best?.token ?? null;
  if (readings.some((reading) => reading.negated)) flags.add('negated');
  if (token && readings.some((other) => other.token && !sameValue(other.token, token))) {
    flags.add('two-answers');
  }
  return { folded, markers, token, flags };
}

/** Looks for the gold where a reader would still find it: the last line, and whatever stands behind a marker. */
function findLeniently(extraction: Extraction, gold: NumberToken): 'equal' | 'rounded' | null {
  const { folded, markers, token } = extraction;
  const [start, end] = lastLine(folded);
  const stretches: (readonly [number, number])[] = [
    [Math.max(start, end - 2000), end],
    ...markers.map((marker) => [marker.start, marker.end] as const),
  ];
  let rounded = token !== null && nearGold(token, gold) === 'rounded';
  if (token && nearGold(token, gold) === 'equal') return 'equal';
  for (const [from, to] of stretches) {
    for (const candidate of numbersIn(folded, from, to)) {
      const near = nearGold(candidate, gold);
      if (near === 'equal') return 'equal';
      rounded ||= near === 'rounded';
    }
  }
  return rounded ? 'rounded' : null;
}

/**
 * Grades a text against a gold number (method.md §2.3). Pure, linear in the text, never throws, never alters the
 * text. A gold that is not a number gives `no-answer`, never `wrong`: importers refuse such golds.
 */
export function gradeNumeric(text: string, gold: string): Grade {
  const extraction = extract(text);
  const { token } = extraction;
  const flags = new Set(extraction.flags);
  if (token?.percent) flags.add('percent');
  if (token?.fraction) flags.add('fraction');
  const wanted = readGold(gold);
  let verdict: Verdict = 'no-answer';
  let lenient: Verdict = 'no-answer';
  if (wanted) {
    if (token) verdict = equalsGold(token, wanted) ? 'right' : 'wrong';
    const found = verdict === 'right' ? 'equal' : findLeniently(extraction, wanted);
    if (found === 'rounded') flags.add('rounded');
    lenient = found === null ? verdict : 'right';
  }
  return {
    verdict,
    lenient,
    value: token?.value ? canonicalText(token.value) : null,
    span: token ? [token.start, token.end] : null,
    flags: [...flags],
  };
}

/** The strict verdict and what was read, alone: what an exam counts, without the work of looking leniently. */
export function gradeStrictly(text: string, gold: string): Pick<Grade, 'verdict' | 'value'> {
  const { token } = extract(text);
  const wanted = readGold(gold);
  const value = token?.value ? canonicalText(token.value) : null;
  if (!wanted || !token) return { verdict: 'no-answer', value };
  return { verdict: equalsGold(token, wanted) ? 'right' : 'wrong', value };
}
