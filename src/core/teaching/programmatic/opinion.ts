import { gradeAnswer } from '../../grading/gradeAnswer.ts';
import { falseEquations } from '../arithmetic.ts';
import { leaks } from '../gate.ts';
import { splitSteps } from '../steps.ts';
import { exactResult, isTrue, readAttempt, type Claim } from './attemptSteps.ts';
import { deviationOf, targetText, type Seen } from './deviation.ts';
import { comparisonOf, type Ending } from './ending.ts';
import type { KnownQuestion } from './knowledge.ts';
import {
  absolute,
  compare,
  equal,
  multiply,
  ONE,
  parseDecimal,
  rational,
  show,
  subtract,
} from './rational.ts';
import { leavesOf } from './tree.ts';
import { has, seenIn, start, step, type Walk } from './walk.ts';

/** What the teacher says of a rationale: 1 wrong answer · 2 false step · 3 needless or missing step · 5 nothing. */
export interface ProvenOpinion {
  readonly score: 1 | 2 | 3 | 5;
  readonly reason: string;
}

/** A step that is none of the open gold steps. */
interface Off {
  readonly claim: Claim;
  readonly at: number;
  readonly walk: Walk;
  readonly seen: Seen;
}

/**
 * Judges a rationale by the question's equation alone. The best score is given where every step is one of the gold
 * tree or of its equivalents and the last line follows; where a step cannot be shown to follow, that is what it says.
 * Null where it reckons with rounded numbers, which exact values can neither confirm nor refute.
 */
export function opinionOn(known: KnownQuestion, rationale: string): ProvenOpinion | null {
  const { answer, ending, tree, question } = known;
  const kind = ending?.kind ?? 'number';
  const lastLine = rationale.trimEnd().split('\n').at(-1) ?? '';
  if (!/^Answer:[ \t]*\S/u.test(lastLine)) {
    return { score: 1, reason: 'It does not end in a line that says the answer.' };
  }
  if (gradeAnswer(rationale, { answer, kind }).verdict !== 'right') {
    return {
      score: 1,
      reason: `The answer is wrong: the equation of the question gives ${answer}.`,
    };
  }
  const [wrong] = falseEquations(rationale);
  if (wrong !== undefined) return { score: 2, reason: `This equation is false: ${wrong.text}.` };
  const ends = ending && falseEnding(ending, known, rationale);
  if (ends) return ends;
  const attempt = readAttempt(splitSteps(rationale));
  const base = seenIn(known);
  const offs: Off[] = [];
  let walk = start(known);
  for (const { number: at, claims } of attempt) {
    for (const claim of claims) {
      const seen = { ...base, results: walk.results };
      const [verdict, next] = step(walk, claim, known, seen);
      if (verdict === 'arithmetic' || !isTrue(claim)) {
        if (isRounded(claim)) return null;
        return { score: 2, reason: `Step ${at} is false.` };
      }
      if (verdict === 'off') offs.push({ claim, at, walk, seen });
      walk = next;
    }
  }
  const [off] = offs;
  if (!walk.reached && isShortened(known)) return null;
  if (!walk.reached) return off ? notFollowing(off, known) : missing(walk, known);
  if (off) return { score: 3, reason: `Step ${off.at} is not needed: nothing uses its result.` };
  if (leaks(rationale, question)) {
    return { score: 3, reason: 'It speaks of an answer that was given instead of the problem.' };
  }
  const reaches = `Every step is one of the equation, and the steps reach ${show(tree.value)}.`;
  return { score: 5, reason: reaches };
}

/** Whether a number of the solution is shown with fewer digits than it has: a step that uses it is not exact. */
function isShortened({ tree, steps }: KnownQuestion): boolean {
  const numbers = [
    ...leavesOf(tree).map(({ value }) => value),
    ...steps.map(({ result }) => result),
  ];
  return numbers.some((value) => {
    const shown = parseDecimal(show(value));
    return shown === null || !equal(shown, value);
  });
}

/** Not exact, but near enough for the gate, and written with decimals. */
function isRounded(claim: Claim): boolean {
  const { said } = claim;
  const exact = exactResult(claim);
  if (!said || !exact || said.decimals === 0) return false;
  const apart = absolute(subtract(exact, said.value));
  const size = absolute(said.value);
  const allowed = multiply(compare(size, ONE) > 0 ? size : ONE, rational(11n, 1000n));
  return compare(apart, allowed) <= 0;
}

/** What is wrong with the steps where they do not reach the value, from the first one that is no gold step. */
function notFollowing({ claim, at, walk, seen }: Off, { tree }: KnownQuestion): ProvenOpinion {
  const deviation = deviationOf(claim, walk.progress, walk.plain, seen);
  if (deviation) return { score: 2, reason: `Step ${at} ${deviation.why}` };
  const leaves = leavesOf(tree).map(({ value }) => value);
  const known = [...seen.inQuestion, ...seen.results, ...leaves];
  const stranger = [claim.left, claim.right].find((value) => !has(known, value));
  if (stranger) {
    const from = `${show(stranger)}, which is neither in the question nor an earlier result`;
    return { score: 2, reason: `Step ${at} does not follow: it uses ${from}.` };
  }
  return {
    score: 3,
    reason: `Step ${at} is no step of the equation: it cannot be shown to follow.`,
  };
}

function missing({ progress }: Walk, { answer }: KnownQuestion): ProvenOpinion {
  const next = progress?.open()[0];
  const which = next
    ? `: ${targetText({ op: next.op, left: next.left.value, right: next.right.value })}`
    : '';
  return { score: 3, reason: `A step to ${answer} is missing${which}.` };
}

/** A sentence about the value that is not so: another choice than the one that says it, another comparison. */
function falseEnding(
  ending: Ending,
  { tree }: KnownQuestion,
  rationale: string,
): ProvenOpinion | null {
  if (ending.kind === 'choice') {
    const named = /\bis choice \(([a-z])\)/iu.exec(rationale)?.[1]?.toLowerCase();
    if (named === undefined || named === ending.letter) return null;
    return { score: 2, reason: `Choice (${named}) does not say ${show(tree.value)}.` };
  }
  const holds = comparisonOf(ending, tree.value);
  const denied = comparisonOf({ ...ending, isSo: !ending.isSo }, tree.value);
  return rationale.includes(denied) ? { score: 2, reason: `It is not so: ${holds}.` } : null;
}
