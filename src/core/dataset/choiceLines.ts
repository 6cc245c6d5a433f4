import { letterAt } from './choiceLetter.ts';
import type { Question } from './question.ts';

/** What an exam asks of a question and a decision is about: its text, of a choice with its choices. */
export type Worded = Pick<Question, 'question' | 'kind' | 'choices'>;

/** The wording of a question: the text as the data have it; of a choice that with its choices below. */
export function wordingOf(question: Worded): string {
  return question.kind === 'choice' ? withChoices(question) : question.question;
}

/** A question as it is asked: its text and, of a choice, the line "Answer Choices:" with (a) …, (b) … below. */
export function withChoices({
  question,
  kind,
  choices = [],
}: {
  readonly question: string;
  readonly kind?: Question['kind'] | undefined;
  readonly choices?: readonly string[] | undefined;
}): string {
  const text = question.trim();
  if (kind !== 'choice') return text;
  const lines = choices.map(
    (choice, at) => `(${letterAt(at)}) ${choice.replace(/\s+/gu, ' ').trim()}`,
  );
  return [text, 'Answer Choices:', ...lines].join('\n');
}
