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
import { formOf, treeOf } from './equivalents.ts';
import { GoldProgress } from './goldProgress.ts';
import { inferFromAnswer } from './infer.ts';
import { equal, ONE, parseDecimal, show } from './rational.ts';
import { leaf, leavesOf, type Tree } from './tree.ts';
import { has, isGold, repeats, seenIn, start, step, type GoldSolution, type Walk } from './walk.ts';

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
  let kept: Kept = { steps: [], walk };
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
        : explain(claim, at, walk, gold, seen);
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

/** The steps that are kept, and where the walk stood after them. */
interface Kept {
  readonly steps: readonly AttemptStep[];
  readonly walk: Walk;
}

/** A step is kept only in an unbroken row: every earlier claim of the walk stands in a kept step. */
function keepStep(kept: Kept, whole: AttemptStep, walk: Walk): Kept {
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

/** Numbers that everybody knows: units of time and length, dozens, percent. */
const COMMON = [
  '0.01',
  '0.1',
  '0.5',
  '1',
  '2',
  '7',
  '10',
  '12',
  '24',
  '30',
  '52',
  '60',
  '100',
  '365',
  '1000',
]
  .map(parseDecimal)
  .filter((value) => value !== null);

/**
 * Whether a departure from the gold steps may be no error: the gold uses a number that the question does not say, so
 * that its derivation is unknown here, or the step converts a unit, which the gold may do nowhere.
 */
function mayBeRight(claim: Claim, gold: GoldSolution, seen: Seen): boolean {
  const leaves = leavesOf(gold.tree).map((one) => one.value);
  const unsaid = leaves.some((value) => !has(seen.inQuestion, value) && !has(COMMON, value));
  const known = [...seen.inQuestion, ...seen.results, ...leaves];
  const converts = [claim.left, claim.right].some(
    (value) => has(COMMON, value) && !has(known, value),
  );
  // "1 hour / 2" where the gold writes 60 / 2: the same amount in another unit.
  const oneUnit =
    has([claim.left, claim.right], ONE) && leaves.some((value) => !has(seen.inQuestion, value));
  return unsaid || ((converts || oneUnit) && isTrue(claim));
}

function explain(claim: Claim, at: number, walk: Walk, gold: GoldSolution, seen: Seen): Found {
  if (mayBeRight(claim, gold, seen)) return UNKNOWN;
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
