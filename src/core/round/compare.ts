import { runWhole } from '../runWhole.ts';
import type { Verdict } from '../grading/verdict.ts';
import { bootstrapMeanSteps, pairedBootstrapSteps, type Estimate } from './bootstrap.ts';
import { mcnemarExact, rateOf, type Rate } from './statistics.ts';

/** How a question went in an exam: one verdict, or so many right of several samples. */
export type Outcome = Verdict | { readonly right: number; readonly samples: number };

/** Two exams on the questions that both hold. */
export interface Comparison {
  readonly n: number;
  /** Question ids; a question of several samples counts as right when more than half of them are. */
  readonly fixed: readonly string[];
  readonly newlyWrong: readonly string[];
  readonly stillWrong: readonly string[];
  readonly stillRight: readonly string[];
  readonly accuracyBefore: Rate;
  readonly accuracyAfter: Rate;
  /** Questions whose share right is another, also where they count as right, or as wrong, in both. */
  readonly changed: number;
  /** Mean change of the share right, with its paired bootstrap interval over questions. */
  readonly difference: Estimate;
  /** Exact McNemar; null where a question has several samples, whose errors hang together, or the exams differ. */
  readonly mcnemarP: number | null;
  /** Settings in which the exams differ: then no test is made, because the student is not all that changed. */
  readonly differs: readonly string[];
  /** Questions that only one of the exams holds, or one of them with another text: left out of everything above. */
  readonly onlyBefore: number;
  readonly onlyAfter: number;
}

function shareOf(outcome: Outcome): number {
  if (typeof outcome === 'string') return outcome === 'right' ? 1 : 0;
  const { right, samples } = outcome;
  if (!(samples > 0) || right < 0 || right > samples) {
    throw new RangeError(`${right} right of ${samples} samples is no outcome`);
  }
  return right / samples;
}

const isSingle = (outcome: Outcome): boolean =>
  typeof outcome === 'string' || outcome.samples === 1;

/** Accuracy over questions, each with its share right. Several samples of a question are not independent. */
export function* accuracySteps(
  shares: readonly number[],
  { single, seed }: { readonly single: boolean; readonly seed: string },
): Generator<void, Rate, void> {
  const right = shares.reduce((sum, share) => sum + share, 0);
  const n = shares.length;
  // All right or none right: resampling would claim to be sure, whatever n is. Questions count as one draw each then.
  if (single || right === 0 || right === n) return rateOf(right, n);
  // The interval is over questions.
  const { value: rate, low, high } = yield* bootstrapMeanSteps(shares, { seed });
  return { right, n, rate, low, high };
}

interface CompareOptions {
  readonly seed?: string;
  readonly differs?: readonly string[];
}

/**
 * Compares two exams question by question, on the same questions only. Ids come sorted. A generator, so that a caller
 * can let others go first.
 */
export function* compareExamsSteps(
  before: ReadonlyMap<string, Outcome>,
  after: ReadonlyMap<string, Outcome>,
  { seed = 'compare', differs = [] }: CompareOptions = {},
): Generator<void, Comparison, void> {
  const ids: string[] = [];
  const was: number[] = [];
  const is: number[] = [];
  let single = true;
  for (const id of [...before.keys()].sort()) {
    const [first, second] = [before.get(id), after.get(id)];
    if (first === undefined || second === undefined) continue;
    single &&= isSingle(first) && isSingle(second);
    ids.push(id);
    was.push(shareOf(first));
    is.push(shareOf(second));
  }
  const select = (wasRight: boolean, isRight: boolean): string[] =>
    ids.filter(
      (_, index) => (was[index] ?? 0) > 0.5 === wasRight && (is[index] ?? 0) > 0.5 === isRight,
    );
  const fixed = select(false, true);
  const newlyWrong = select(true, false);
  return {
    n: ids.length,
    fixed,
    newlyWrong,
    stillWrong: select(false, false),
    stillRight: select(true, true),
    changed: was.filter((share, index) => share !== is[index]).length,
    accuracyBefore: yield* accuracySteps(was, { single, seed }),
    accuracyAfter: yield* accuracySteps(is, { single, seed }),
    difference: yield* pairedBootstrapSteps(was, is, { seed }),
    mcnemarP: single && differs.length === 0 ? mcnemarExact(fixed.length, newlyWrong.length) : null,
    differs,
    onlyBefore: before.size - ids.length,
    onlyAfter: after.size - ids.length,
  };
}

/** The same at once. */
export function compareExams(
  before: ReadonlyMap<string, Outcome>,
  after: ReadonlyMap<string, Outcome>,
  options: CompareOptions = {},
): Comparison {
  return runWhole(compareExamsSteps(before, after, options));
}
