import { withChoices } from '../dataset/choiceLines.ts';
import type { AnswerKind } from '../dataset/question.ts';
import { frameName, type ChatFrame } from './chatFrame.ts';

/**
 * How a question becomes a prompt and a rationale a completion. One form per project life: exams are compared only
 * within a form. `plain-1`: the paper's zero-shot form (method.md §2.2) without a trailing space.
 */
const PLAIN = 'plain-1';

/** The name of a project's form: plain, or within the student's chat template. */
export function promptFormOf(chat: ChatFrame | undefined): string {
  return chat === undefined ? PLAIN : frameName(chat);
}

/** The prompt after the fixed head, with the choices where there are any. Ends in a colon, never in white space. */
export function promptOf(question: {
  readonly question: string;
  readonly kind?: AnswerKind | undefined;
  readonly choices?: readonly string[] | undefined;
}): string {
  return `Question: ${withChoices(question)}\nReasoning:`;
}

/**
 * A rationale text (last line `Answer: X`) as the completion of `promptOf`: one leading space, nothing else changed. A
 * chat's turn begins with the text itself, as the student's own attempts do: a space would tell right from wrong.
 */
export function completionOf(rationale: string, chat?: ChatFrame): string {
  return chat === undefined ? ` ${rationale}` : rationale;
}

/** The rationale text of a student's attempt: the leading space removed, nothing else changed. */
export function rationaleOfAttempt(text: string): string {
  return text.startsWith(' ') ? text.slice(1) : text;
}
