import type { Rational } from '../../grading/rational.ts';
import {
  exactResult,
  isTrue,
  readAttempt,
  resultOf,
  type AttemptStep,
  type Claim,
} from './attemptSteps.ts';
import { deviationOf, targetText, type ProvenKind, type Seen } from './deviation.ts';
import {
  afterStep,
  applications,
  formOf,
  treeOf,
  withEquivalents,
  type Form,
} from './equivalents.ts';
import { GoldProgress } from './goldProgress.ts';
import { inferFromAnswer } from './infer.ts';
import { numbersOf, wordNumbersOf } from './nounLabels.ts';
import { equal, roundTo, show } from './rational.ts';
import { leaf, leavesOf, type Tree } from './tree.ts';

export interface GoldSolution {
  readonly question: string;
  /** The tree as the teacher writes it. */
  readonly tree: Tree;
}

export interface Comparison {
  readonly kind: ProvenKind;
  /** Place of the first wrong step, 1-based; one beyond the last for a missing step; null when none is named. */
  readonly step: number | null;
  /** No equation said it: the only operation that explains the bare answer. */
  readonly inferred: boolean;
  readonly why: string;
  /** The attempt's right leading steps, each with nothing else in it. */
  readonly kept: readonly AttemptStep[];
  /** What remains to be done after the kept steps. */
  readonly rest: Tree;
}

/** Where a walk along the attempt stands. */
interface Walk {
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

type Verdict = 'right' | 'restated' | 'check' | 'arithmetic' | 'off';

function start(gold: GoldSolution): Walk {
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

const has = (values: readonly Rational[], value: Rational | null): boolean =>
  value !== null && values.some((other) => equal(other, value));

/** The same statement again, its operands in either order. */
function repeats(claim: Claim, accepted: readonly Claim[]): boolean {
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

function isGold(value: Rational, decimals: number, gold: Rational): boolean {
  return equal(value, gold) || (decimals > 0 && equal(roundTo(gold, decimals), value));
}

/** Walks one claim further: what it is against the open gold steps, and where the walk then stands. */
function step(walk: Walk, claim: Claim, gold: GoldSolution, seen: Seen): [Verdict, Walk] {
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
  const known = [...seen.inQuestion, ...walk.results, ...leaves];
  if (!result || !isTrue(claim) || !has(known, claim.left) || !has(known, claim.right)) return null;
  if (has(leaves, result) && !has(seen.inQuestion, result)) {
    const { progress, plain } = walk;
    return ['right', { ...advance(walk, claim, walk.forms), progress, plain }];
  }
  if (deviationOf(claim, walk.progress, walk.plain, seen)) return null;
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

/** A step that nothing uses: without it the others reach the gold value. */
function isSpare(
  claim: Claim,
  later: readonly Claim[],
  walk: Walk,
  gold: GoldSolution,
  seen: Seen,
  answer: Rational | null,
): boolean {
  const result = resultOf(claim);
  if (later.length === 0 || !result || has([answer ?? gold.tree.value], result)) return false;
  if (later.some((next) => equal(next.left, result) || equal(next.right, result))) return false;
  let current = walk;
  for (const next of later) {
    const [verdict, after] = step(current, next, gold, seen);
    if (verdict === 'arithmetic' || verdict === 'off') return false;
    current = after;
  }
  return current.reached;
}

export function seenIn(gold: GoldSolution): Omit<Seen, 'results'> {
  const used = leavesOf(gold.tree).map((one) => one.value);
  const digits = numbersOf(gold.question);
  return {
    inQuestion: [...digits, ...wordNumbersOf(gold.question)],
    unused: digits.filter((value) => !has(used, value)),
  };
}

interface Found {
  readonly kind: ProvenKind;
  readonly step: number | null;
  readonly why: string;
  readonly inferred?: boolean;
}

const UNKNOWN: Found = {
  kind: 'unknown',
  step: null,
  why: 'No single step could be named as the first wrong one; here is a whole solution.',
};

/**
 * Finds the first step of an attempt that departs from the gold tree and its equivalents. `steps` are the attempt's
 * steps without numbers and without the answer line; `answer` what was read as its answer. What cannot be proven
 * stays `unknown`. `mayKeep` refuses steps whose words must not be taught, whatever their equations say.
 */
export function compareAttempt(
  gold: GoldSolution,
  steps: readonly string[],
  answer: Rational | null,
  mayKeep: (text: string) => boolean = () => true,
): Comparison {
  const attempt = readAttempt(steps);
  const claims = attempt.flatMap((one) => one.claims.map((claim) => ({ claim, at: one.number })));
  const base = seenIn(gold);
  let walk = start(gold);
  let found: Found | null = null;
  let kept = { steps: [] as AttemptStep[], walk };
  const extras: { claim: Claim; at: number }[] = [];
  for (const [index, { claim, at }] of claims.entries()) {
    const seen = { ...base, results: walk.results };
    const [verdict, next] = step(walk, claim, gold, seen);
    if (verdict === 'arithmetic') {
      found = { kind: 'arithmetic', step: at, why: arithmeticWhy(claim, at) };
    } else if ((verdict === 'off' || verdict === 'check') && walk.reached) {
      if (verdict === 'off' || has([answer ?? gold.tree.value], resultOf(claim))) {
        extras.push({ claim, at });
      }
      continue;
    } else if (verdict === 'off') {
      const later = claims.slice(index + 1).map((one) => one.claim);
      found = isSpare(claim, later, walk, gold, seen, answer)
        ? {
            kind: 'extra_step',
            step: at,
            why: `Step ${at} is not needed: nothing uses its result.`,
          }
        : explain(claim, at, walk, seen);
    }
    if (found && attempt.slice(0, at - 1).some((one) => !one.whole)) found = UNKNOWN;
    if (found) break;
    walk = next;
    const closesStep = claims[index + 1]?.at !== at;
    const whole = attempt[at - 1];
    if (closesStep && whole && verdict === 'right' && mayKeep(whole.text)) {
      kept = keepStep(kept, whole, walk);
    }
  }
  found ??= walk.reached
    ? afterTheEnd(gold, walk, extras, answer)
    : attempt.every((one) => one.whole)
      ? beforeTheEnd(gold, walk, attempt.length, claims.length, answer, base)
      : UNKNOWN;
  const whole = kept.walk.reached;
  const rest = whole
    ? leaf(gold.tree.value)
    : (kept.walk.progress?.rest() ?? treeOf(kept.walk.forms[0] ?? formOf(gold.tree)));
  return { ...found, inferred: found.inferred ?? false, kept: kept.steps, rest };
}

/** A step is kept only in an unbroken row: every earlier claim of the walk stands in a kept step. */
function keepStep(
  kept: { steps: AttemptStep[]; walk: Walk },
  whole: AttemptStep,
  walk: Walk,
): { steps: AttemptStep[]; walk: Walk } {
  const covered = kept.steps.flatMap((one) => one.claims);
  const now = [...covered, ...whole.claims];
  const unbroken = walk.accepted.every((claim) => now.includes(claim));
  const only = whole.claims.every((claim) => walk.accepted.includes(claim));
  return whole.whole && unbroken && only ? { steps: [...kept.steps, whole], walk } : kept;
}

function arithmeticWhy(claim: Claim, at: number): string {
  const exact = exactResult(claim);
  const said = claim.said ? show(claim.said.value) : 'something else';
  const done = `${show(claim.left)} ${claim.op} ${show(claim.right)}`;
  return `Step ${at} has the right operation and numbers, but ${done} is ${exact ? show(exact) : 'not a number'}, not ${said}.`;
}

function explain(claim: Claim, at: number, walk: Walk, seen: Seen): Found {
  const deviation = deviationOf(claim, walk.progress, walk.plain, seen);
  return deviation
    ? { kind: deviation.kind, step: at, why: `Step ${at} ${deviation.why}` }
    : UNKNOWN;
}

function afterTheEnd(
  gold: GoldSolution,
  walk: Walk,
  extras: readonly { claim: Claim; at: number }[],
  answer: Rational | null,
): Found {
  const value = show(gold.tree.value);
  if (answer && isGold(answer, 6, gold.tree.value)) {
    return { ...UNKNOWN, why: `The steps reach ${value} and the answer is right.` };
  }
  const used = answer && extras.some(({ claim }) => has([answer], resultOf(claim)));
  const first = extras[0];
  if (used && first) {
    // A gold step that is said again is not itself false: then no step is pointed at.
    const step = repeats(first.claim, walk.accepted) ? null : first.at;
    const which = step === null ? 'The repeated step' : `Step ${step}`;
    return {
      kind: 'extra_step',
      step,
      why: `${which} is not needed: ${value} was reached before it and is the answer.`,
    };
  }
  return {
    kind: 'format',
    step: null,
    why: `The steps reach ${value}, but the last line ${answer ? `says ${show(answer)}` : 'does not say so'}.`,
  };
}

function beforeTheEnd(
  gold: GoldSolution,
  walk: Walk,
  count: number,
  claims: number,
  answer: Rational | null,
  seen: Omit<Seen, 'results'>,
): Found {
  if (answer && isGold(answer, 6, gold.tree.value)) {
    return { ...UNKNOWN, why: 'The answer is right, and no step is false.' };
  }
  const inner = new GoldProgress(gold.tree).remaining().map((node) => node.value);
  const copied =
    has([...walk.results, ...seen.inQuestion], answer) || (claims === 0 && has(inner, answer));
  const next = walk.progress?.open()[0];
  const missing = next
    ? `A step is missing: ${targetText({ op: next.op, left: next.left.value, right: next.right.value })}.`
    : 'The last steps are missing.';
  if (copied || (answer === null && claims > 0)) {
    return { kind: 'missing_step', step: count + 1, why: missing };
  }
  if (claims > 0 || answer === null) return UNKNOWN;
  const inferred = inferFromAnswer(gold, answer, seen);
  return inferred ? { ...inferred, step: null, inferred: true } : UNKNOWN;
}
