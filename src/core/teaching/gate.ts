import { gradeAnswer, isNumber, type GoldAnswer } from '../grading/gradeAnswer.ts';
import { falseEquations, findEquations, type Equation } from './arithmetic.ts';
import type { GateReason } from './records.ts';
import type { ParsedReply } from './reply.ts';
import { rationaleKey, splitSteps } from './steps.ts';
import { unsafeFindings } from './unsafeText.ts';

export interface GateLimits {
  readonly maxSteps: number;
  readonly maxCharacters: number;
}

export interface GateContext {
  readonly question: string;
  readonly gold: GoldAnswer;
  readonly limits: GateLimits;
  /** Rationales of the same question that are taught already: the same words are kept once. */
  readonly existingTexts: readonly string[];
}

/** Words that show that the text was written to an answer or about a student instead of about the problem. */
const LEAKS = [
  'the student',
  'the correct answer is',
  'as given',
  'the given answer',
  'the gold',
  'the reference answer',
  'the known result',
];

/** Whether a text speaks of an answer that was given or of a student, where the question does not. */
export function leaks(text: string, question: string): boolean {
  const lower = text.toLowerCase();
  const asked = question.toLowerCase();
  return LEAKS.some((words) => lower.includes(words) && !asked.includes(words));
}

/**
 * Every reason for which a rationale may not be taught unseen, in a fixed order; none = accepted (teacher.md §7).
 * The text is the normalised one: nothing is changed here.
 */
export function gateRationale(rationale: string, context: GateContext): GateReason[] {
  if (rationale.trim() === '') return ['empty'];
  const reasons: GateReason[] = [];
  const { verdict } = gradeAnswer(rationale, context.gold);
  const lastLine = rationale.slice(rationale.lastIndexOf('\n') + 1);
  const hasFinalLine = /^Answer:[ \t]*\S/u.test(lastLine);
  if (!hasFinalLine || verdict === 'no-answer') reasons.push('no-final-line');
  else if (verdict === 'wrong') reasons.push('wrong-answer');
  if (isNumber(context.gold) && falseEquations(rationale).length > 0) reasons.push('arithmetic');
  if (rationale.length > context.limits.maxCharacters) reasons.push('too-long');
  const steps = splitSteps(rationale).length;
  if (steps === 0) reasons.push('empty');
  if (steps > context.limits.maxSteps) reasons.push('too-many-steps');
  const key = rationaleKey(rationale);
  if (context.existingTexts.some((text) => rationaleKey(text) === key)) reasons.push('duplicate');
  if (leaks(rationale, context.question)) reasons.push('leak');
  if (unsafeFindings(rationale).length > 0) reasons.push('unsafe-text');
  return reasons;
}

/**
 * The gate as a yes or no for one question's texts, whoever wrote them: run afresh at freeze, because stored verdicts
 * may come from a foreign file. Duplicates are the caller's business.
 */
export function rationaleCheck(
  question: GoldAnswer & { readonly question: string },
  limits: GateLimits,
): (rationale: string) => boolean {
  const context = {
    question: question.question,
    gold: question,
    limits,
    existingTexts: [],
  };
  return (rationale) => gateRationale(rationale, context).length === 0;
}

function equationKey({ left: [a, operator, b], right }: Equation): string {
  const commutes = operator === '+' || operator === '*';
  const [first, second] = commutes && a > b ? [b, a] : [a, b];
  return `${first}${operator}${second}=${right}`;
}

/**
 * Whether feedback calls a step wrong that is not: all its equations are true, and the corrected rationale makes the
 * same ones. A missing step or a wrong form is not a statement about the step itself and is left alone.
 */
export function pointsAtTrueStep(reply: ParsedReply, attempt: string): boolean {
  const { firstErrorStep, errorKind } = reply;
  if (firstErrorStep === null || errorKind === 'missing_step' || errorKind === 'format') {
    return false;
  }
  const step = splitSteps(attempt)[firstErrorStep - 1];
  if (step === undefined) return false;
  const claimed = findEquations(step);
  const onPath = new Set(findEquations(reply.rationale).map(equationKey));
  return (
    claimed.length > 0 &&
    claimed.every((equation) => equation.holds && onPath.has(equationKey(equation)))
  );
}

/** The gate for a whole feedback reply: the rationale's reasons, and whether the feedback points right. */
export function gateFeedback(
  reply: ParsedReply,
  attempt: string,
  context: GateContext,
): GateReason[] {
  const reasons = gateRationale(reply.rationale, context);
  const steps = splitSteps(attempt).length;
  const beyond = reply.errorKind === 'missing_step' ? steps + 1 : Math.max(1, steps);
  if ((reply.firstErrorStep ?? 0) > beyond) reasons.push('unparsable');
  if (pointsAtTrueStep(reply, attempt)) reasons.push('points-at-true-step');
  return reasons;
}
