import type { Rational } from '../../grading/rational.ts';
import { exactResult, isTrue, resultOf, type Claim } from './attemptSteps.ts';
import { deviationOf, type Seen } from './deviation.ts';
import { afterStep, applications, formOf, withEquivalents, type Form } from './equivalents.ts';
import { GoldProgress } from './goldProgress.ts';
import { numbersOf, wordNumbersOf } from './nounLabels.ts';
import { divide, equal, rational, roundTo } from './rational.ts';
import { leavesOf, type Tree } from './tree.ts';

export interface GoldSolution {
  readonly question: string;
  /** The tree as the teacher writes it. */
  readonly tree: Tree;
}

/** Where a walk along the attempt stands. */
export interface Walk {
  /** What may be left to do, by every equivalent tree. */
  readonly forms: readonly Form[];
  /** What is left to do without distributing or factoring; null once a right step did. */
  readonly plain: Form | null;
  /** Null once a right step belonged to an equivalent tree only. */
  readonly progress: GoldProgress | null;
  readonly results: readonly Rational[];
  readonly accepted: readonly Claim[];
  readonly reached: boolean;
}

export type Verdict = 'right' | 'restated' | 'check' | 'arithmetic' | 'off';

/** A walk before its first step. */
export function start(gold: GoldSolution): Walk {
  const form = formOf(gold.tree);
  return {
    forms: withEquivalents([form]),
    plain: form,
    progress: new GoldProgress(gold.tree),
    results: [],
    accepted: [],
    reached: form.kind === 'leaf',
  };
}

/** Whether a value is among others. */
export const has = (values: readonly Rational[], value: Rational | null): boolean =>
  value !== null && values.some((other) => equal(other, value));

/** The same statement again, its operands in either order. */
export function repeats(claim: Claim, accepted: readonly Claim[]): boolean {
  const commutes = claim.op === '+' || claim.op === '*';
  return accepted.some(
    (earlier) =>
      earlier.op === claim.op &&
      isTrue(claim) &&
      ((equal(earlier.left, claim.left) && equal(earlier.right, claim.right)) ||
        (commutes && equal(earlier.left, claim.right) && equal(earlier.right, claim.left))),
  );
}

/** A true statement over the numbers of an earlier one, such as its check by the inverse operation. */
function checks(claim: Claim, accepted: readonly Claim[]): boolean {
  const result = resultOf(claim);
  if (!result || !isTrue(claim)) return false;
  return accepted.some((earlier) => {
    const about = resultOf(earlier);
    const numbers = [earlier.left, earlier.right, ...(about ? [about] : [])];
    const stated = [claim.left, claim.right, result];
    return stated.every((value) => has(numbers, value)) && has(stated, about);
  });
}

/** Whether a number is the gold value, exactly or rounded to the decimals that it shows. */
export function isGold(value: Rational, decimals: number, gold: Rational): boolean {
  return equal(value, gold) || (decimals > 0 && equal(roundTo(gold, decimals), value));
}

/** Walks one claim further: what it is against the open gold steps, and where the walk then stands. */
export function step(walk: Walk, claim: Claim, gold: GoldSolution, seen: Seen): [Verdict, Walk] {
  if (!walk.reached) {
    const next = afterStep(walk.forms, claim);
    if (next.length > 0) {
      return isTrue(claim) ? ['right', advance(walk, claim, next)] : ['arithmetic', walk];
    }
    const mental = afterMentalStep(walk, claim, seen);
    if (mental) return ['right', mental];
  }
  if (walk.reached && checks(claim, walk.accepted)) return ['check', walk];
  if (repeats(claim, walk.accepted)) return ['restated', walk];
  return (walk.reached ? null : otherWay(walk, claim, gold, seen)) ?? ['off', walk];
}

/** A right step with an operand that was worked out in the head: the value of a gold step that is nowhere written. */
function afterMentalStep(walk: Walk, claim: Claim, seen: Seen): Walk | null {
  const written = [...seen.inQuestion, ...walk.results];
  for (const operand of [claim.left, claim.right]) {
    const progress = has(written, operand) ? null : (walk.progress?.having(operand) ?? null);
    if (!progress || !isTrue(claim)) continue;
    const next = afterStep(withEquivalents([formOf(progress.rest())]), claim);
    const plain = formOf(progress.rest());
    if (next.length > 0) return advance({ ...walk, progress, plain }, claim, next);
  }
  return null;
}

/**
 * A true equation over known numbers that gives a value which the gold solution needs, by another way: a number that
 * its equation uses but the question does not say, the value of an open gold step, or the gold value itself.
 */
function otherWay(
  walk: Walk,
  claim: Claim,
  gold: GoldSolution,
  seen: Seen,
): [Verdict, Walk] | null {
  const result = resultOf(claim);
  const leaves = leavesOf(gold.tree).map((one) => one.value);
  const percents = seen.inQuestion.map((value) => divide(value, rational(100n)));
  const known = [...seen.inQuestion, ...walk.results, ...leaves, ...percents];
  if (!result || !isTrue(claim) || !has(known, claim.left) || !has(known, claim.right)) return null;
  if (has(leaves, result) && !has(seen.inQuestion, result)) {
    const { progress, plain } = walk;
    return ['right', { ...advance(walk, claim, walk.forms), progress, plain }];
  }
  const percent = has(percents, claim.left) || has(percents, claim.right);
  // 0.2 is a reading of "20 %" that no leaf of the gold tree may show: then the value alone decides.
  if (!percent && deviationOf(claim, walk.progress, walk.plain, seen)) return null;
  const reached = isGold(result, claim.said?.decimals ?? 0, gold.tree.value);
  if (reached) return ['right', { ...advance(walk, claim, walk.forms), reached }];
  const progress = walk.progress?.having(result);
  if (!progress) return null;
  const plain = formOf(progress.rest());
  return ['right', { ...advance(walk, claim, [plain]), progress, plain }];
}

function advance(walk: Walk, claim: Claim, forms: readonly Form[]): Walk {
  const result = resultOf(claim);
  const exact = exactResult(claim);
  return {
    forms: withEquivalents(forms),
    plain: walk.plain ? (applications(walk.plain, claim)[0] ?? null) : null,
    progress: walk.progress?.after(claim) ?? null,
    results: [...walk.results, ...[result, exact].filter((value) => value !== null)],
    accepted: [...walk.accepted, claim],
    reached: forms.some((form) => form.kind === 'leaf'),
  };
}

/** The numbers of the question, and which of them its equation leaves out. */
export function seenIn(gold: GoldSolution): Omit<Seen, 'results'> {
  const used = leavesOf(gold.tree).map((one) => one.value);
  const digits = numbersOf(gold.question);
  return {
    inQuestion: [...digits, ...wordNumbersOf(gold.question)],
    unused: digits.filter((value) => !has(used, value)),
  };
}
