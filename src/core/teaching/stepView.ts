import type { StepView } from '../../shared/reviewRecord.ts';
import { foldText } from '../grading/fold.ts';
import { numbersIn } from '../grading/numbers.ts';
import { findEquations } from './arithmetic.ts';
import { splitSteps } from './steps.ts';

/** Values are compared as a reader does: six places are enough. */
const keyOf = (value: number): string => String(Math.round(Math.abs(value) * 1e6) / 1e6);

/** Quantities that a question gives in words. */
const WORDS: Readonly<Record<string, readonly number[]>> = {
  one: [1],
  once: [1],
  single: [1],
  two: [2],
  twice: [2],
  double: [2],
  doubled: [2],
  pair: [2],
  couple: [2],
  both: [2],
  half: [2, 0.5],
  three: [3],
  thrice: [3],
  triple: [3],
  third: [3],
  thirds: [3],
  four: [4],
  quarter: [4, 0.25],
  quarters: [4, 0.25],
  fourth: [4],
  five: [5],
  fifth: [5],
  six: [6],
  seven: [7],
  week: [7],
  weeks: [7],
  weekly: [7],
  eight: [8],
  nine: [9],
  ten: [10],
  tenth: [10],
  eleven: [11],
  twelve: [12],
  dozen: [12],
  dozens: [12],
  year: [12],
  years: [12],
  thirteen: [13],
  fourteen: [14],
  fifteen: [15],
  sixteen: [16],
  seventeen: [17],
  eighteen: [18],
  nineteen: [19],
  twenty: [20],
  day: [24],
  days: [24],
  thirty: [30],
  forty: [40],
  fifty: [50],
  sixty: [60],
  hour: [60],
  hours: [60],
  minute: [60],
  minutes: [60],
  seventy: [70],
  eighty: [80],
  ninety: [90],
  hundred: [100],
  percent: [100],
  thousand: [1000],
};

const NUMBER =
  /(?<![\p{L}\d_.]|\d,)(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|(?<=[\dxX])[xX]\d+/gu;
/** A step's own number: `1.`, `2)`, `Step 3:`. */
const ORDINAL = /^\s*(?:step\s*)?\d{1,2}\s*[.):](?!\d)/iu;

interface Found {
  readonly start: number;
  readonly end: number;
  readonly value: number;
}

function numbersOf(folded: string): Found[] {
  return [...folded.matchAll(NUMBER)].map((match) => {
    const sign = /^[xX]/u.test(match[0]) ? 1 : 0;
    return {
      start: match.index + sign,
      end: match.index + match[0].length,
      value: Number(match[0].slice(sign).replaceAll(',', '')),
    };
  });
}

function givenIn(question: string): Set<string> {
  const folded = foldText(question);
  const given = new Set(numbersOf(folded).map(({ value }) => keyOf(value)));
  for (const { readings } of numbersIn(folded, 0, folded.length)) {
    for (const { n, d } of readings) given.add(keyOf(Number(n) / Number(d)));
  }
  for (const [word] of folded.toLowerCase().matchAll(/[a-z]+/gu)) {
    // "constructor" is a word of English too, and of every object.
    if (!Object.hasOwn(WORDS, word)) continue;
    for (const value of WORDS[word] ?? []) given.add(keyOf(value));
  }
  if (folded.includes('%')) given.add('100');
  return given;
}

/**
 * The steps of a text with its equations and its strangers: numbers that neither stand in the question (in figures or
 * words) nor come out of an earlier equation. Both are hints for a reader, never a proof of anything.
 */
export function stepViews(text: string, question: string): StepView[] {
  const known = givenIn(question);
  return splitSteps(text).map((step): StepView => {
    const folded = foldText(step);
    const body = ORDINAL.exec(folded)?.[0].length ?? 0;
    const strangers: { start: number; end: number }[] = [];
    for (const { start, end, value } of numbersOf(folded)) {
      if (start < body) continue;
      const isResult = /[=≈][ $€£-]*$/u.test(folded.slice(Math.max(0, start - 6), start));
      const key = keyOf(value);
      if (!isResult && !known.has(key)) strangers.push({ start, end });
      // Once shown, a number is no news in a later step.
      known.add(key);
    }
    return {
      text: step,
      equations: findEquations(step).map(({ start, end, holds }) => ({ start, end, holds })),
      strangers,
    };
  });
}

/**
 * The 1-based step of an attempt that first leaves the candidate's course: it holds a false equation, or one whose
 * result the candidate never reaches. Null when there is no such step or nothing to compare.
 */
export function firstDivergence(
  attempt: readonly StepView[],
  candidate: readonly StepView[],
): number | null {
  const reached = new Set(
    candidate.flatMap(({ text }) => findEquations(text).map(({ right }) => keyOf(right))),
  );
  if (reached.size === 0) return null;
  const at = attempt.findIndex(({ text }) =>
    findEquations(text).some(({ holds, right }) => !holds || !reached.has(keyOf(right))),
  );
  return at < 0 ? null : at + 1;
}
