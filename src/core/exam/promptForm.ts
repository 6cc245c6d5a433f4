import { withChoices } from '../dataset/choiceLines.ts';
import type { AnswerKind } from '../dataset/question.ts';

/**
 * How a question becomes a prompt and a rationale a completion. One form per project life: exams are compared only
 * within a form. `plain-1`: the paper's zero-shot form (method.md §2.2) without a trailing space.
 */
export const PROMPT_FORM = 'plain-1';

/** The prompt after the fixed head, with the choices where there are any. Ends in a colon, never in white space. */
export function promptOf(question: {
  readonly question: string;
  readonly kind?: AnswerKind | undefined;
  readonly choices?: readonly string[] | undefined;
}): string {
  return `Question: ${withChoices(question)}\nReasoning:`;
}

/** A rationale text (last line `Answer: X`) as the completion of `promptOf`: one leading space, nothing else changed. */
export function completionOf(rationale: string): string {
  return ` ${rationale}`;
}

/** The rationale text of a student's attempt: the leading space removed, nothing else changed. */
export function rationaleOfAttempt(text: string): string {
  return text.startsWith(' ') ? text.slice(1) : text;
}
