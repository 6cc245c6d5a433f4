import { MOST_CHOICES } from '../dataset/choiceColumns.ts';
import type { AnswerKind } from '../dataset/question.ts';
import { choiceLetter } from './choices.ts';

/** A gold as a question's file spells it: of a choice the bare letter, yes or no in small letters, else as it stands. */
export function spelledGold(kind: AnswerKind | undefined, answer: string): string {
  const text = answer.trim();
  if (kind === 'choice') return choiceLetter(text, MOST_CHOICES) ?? text;
  return kind === 'yes-no' ? text.toLowerCase() : text;
}
