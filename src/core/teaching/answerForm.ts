import type { AnswerKind, Question } from '../dataset/question.ts';
import { bareLetter, placeOf } from '../dataset/choiceLetter.ts';

/** The form of the final line, where it is not the number alone that the templates ask for. */
const FORMS: Readonly<Partial<Record<AnswerKind, string>>> = {
  choice:
    'End with one line "Answer: " with the letter of one choice in brackets, such as Answer: (b).',
  'yes-no': 'End with one line "Answer: " with yes or no alone.',
  exact: 'End with one line "Answer: " with the answer alone, in as few words as it takes.',
  regex: 'End with one line "Answer: " with the answer alone, in as few words as it takes.',
};

/** What a teacher is told about the final line of a question's answer; undefined where it is a number. */
export function answerForm({ kind = 'number' }: Pick<Question, 'kind'>): string | undefined {
  const form = FORMS[kind];
  return (
    form && `The answer of this problem is no number, and its steps need no equations. ${form}`
  );
}

/** A gold as a teacher reads it: of a choice "(b) blotter", of a pattern that it is one. */
export const goldInWords = (question: Pick<Question, 'answer' | 'kind' | 'choices'>): string =>
  question.kind === 'regex'
    ? `any answer that the regular expression ${question.answer} matches`
    : answerInWords(question, question.answer);

/** An answer to a question in words: of a choice "(b) blotter". */
export function answerInWords(
  { kind, choices }: Pick<Question, 'kind' | 'choices'>,
  answer: string,
): string {
  if (kind !== 'choice') return answer;
  const letter = bareLetter(answer);
  const text = choices?.[placeOf(letter)];
  return text === undefined ? `(${letter})` : `(${letter}) ${text}`;
}
