import type { Row } from '../../shared/reviewQueue.ts';
import type { ReviewRecord } from '../../shared/reviewRecord.ts';
import { bareLetter, letterAt } from '../dataset/choiceLetter.ts';
import type { Question } from '../dataset/question.ts';
import { answerInWords } from '../teaching/answerForm.ts';

/** More of an answer has no place in a row. */
const CLIP = 48;

/** What a record says of its question's kind: of a choice all choices, the gold marked. */
export function kindOfRecord({
  kind,
  choices,
  answer,
}: Question): Pick<ReviewRecord, 'kind' | 'choices'> {
  if (kind === undefined || kind === 'number') return {};
  if (kind !== 'choice') return { kind };
  const gold = bareLetter(answer);
  return {
    kind,
    choices: (choices ?? []).map((text, place) => {
      const letter = letterAt(place);
      return { letter, text, gold: letter === gold };
    }),
  };
}

/** The row's answers with the texts of their choices. */
export function choiceOfRow(question: Question, wrong: string | null): Pick<Row, 'choice'> {
  if (question.kind !== 'choice') return {};
  const words = (answer: string): string => clipped(answerInWords(question, answer));
  return {
    choice: { gold: words(question.answer), wrong: wrong === null ? null : words(wrong) },
  };
}

/** Cut between characters, never inside one. */
function clipped(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  return line.length <= CLIP
    ? line
    : `${line.slice(0, CLIP - 1).replace(/[\ud800-\udbff]$/u, '')}…`;
}
