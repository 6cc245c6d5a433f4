import { letterAt } from './choiceLetter.ts';
import type { Question } from './question.ts';

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
