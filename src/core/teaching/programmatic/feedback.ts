import { gradeNumeric } from '../../grading/grade.ts';
import { rational, type Rational } from '../../grading/rational.ts';
import { falseEquations } from '../arithmetic.ts';
import { unsafeFindings } from '../unsafeText.ts';
import { compareAttempt, type Comparison } from './compare.ts';
import type { KnownQuestion } from './knowledge.ts';
import { comparisonOf, valueOfAnswer, type Ending } from './ending.ts';
import { parseDecimal, show } from './rational.ts';
import { stepsOf } from './tree.ts';
import { choose, MAX_STEPS, rationaleOf, withEnding, wordSteps } from './wording.ts';

export interface Feedback {
  readonly comparison: Comparison;
  /** Kept steps word for word, the rest in the teacher's words, `Answer: …` last. */
  readonly correctedRationale: string;
}

const MAX_KEPT_LENGTH = 200;

/** Words about a marker, a gold or a person do not belong into a text that is taught. */
const TALKS_ABOUT_ELSE = /answer|student|teacher|as given|gold|reference|known result|####/iu;

/** Whether a student's step may stand in a taught text as it is. */
export function mayKeep(text: string): boolean {
  return (
    text.length <= MAX_KEPT_LENGTH &&
    /^[\p{L}\p{N}\s.,:;'’"()+\-−–*×·/÷=$%!?]+$/u.test(text) &&
    !text.includes('\n') &&
    !TALKS_ABOUT_ELSE.test(text) &&
    unsafeFindings(text).length === 0 &&
    falseEquations(text).length === 0
  );
}

/** An answer text ("17", "$ 3.50", "1/2") as a value, by the grader's own reading; null when it reads none. */
export function answerValue(text: string | null): Rational | null {
  if (text === null) return null;
  const { value } = gradeNumeric(`Answer: ${text}`, '0');
  if (value === null) return null;
  const [n, d] = value.split('/');
  return d === undefined ? parseDecimal(value) : rational(BigInt(n ?? '0'), BigInt(d));
}

/** What the teacher says to a mistake. The same question, attempt and draw always give the same words. */
export function feedbackOn(
  known: KnownQuestion,
  steps: readonly string[],
  attemptAnswer: string | null,
  draw: number,
): Feedback {
  const { ending } = known;
  const answer = ending ? valueOfAnswer(ending, attemptAnswer) : answerValue(attemptAnswer);
  const found = compareAttempt(known, steps, answer, mayKeep);
  const comparison = ending ? endedOtherwise(found, known, ending, attemptAnswer) : found;
  const choice = choose(known.id, draw);
  const rest = stepsOf(comparison.rest);
  const kept = comparison.kept.map((step) => step.text);
  if (kept.length === 0 || kept.length + rest.length > MAX_STEPS + 2) {
    return { comparison, correctedRationale: rationaleOf(known, choice) };
  }
  const words = {
    ...choice,
    style: choice.style === 'bare' ? ('bare' as const) : ('named' as const),
  };
  const lines = [...kept, ...wordSteps(rest, words, known.question, kept.length)];
  return { comparison, correctedRationale: withEnding(lines, known, choice) };
}

/** Where the steps reach the value and the last line does not follow from it, that is what is said. */
function endedOtherwise(
  found: Comparison,
  { tree, answer }: KnownQuestion,
  ending: Ending,
  said: string | null,
): Comparison {
  if (found.kind !== 'format' || said === null) return found;
  const follows =
    ending.kind === 'choice'
      ? `that is choice (${ending.letter})`
      : comparisonOf(ending, tree.value);
  return {
    ...found,
    kind: 'unknown',
    why: `The steps reach ${show(tree.value)}, and ${follows}: the last line must say ${answer}.`,
  };
}
