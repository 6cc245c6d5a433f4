import type { Question } from '../dataset/question.ts';
import { sha256Text } from '../hash.ts';
import type { Curation } from './curation.ts';

type Fixes = Pick<Curation, 'questions'>;

/**
 * Names the text of a question that attempts and candidates are about: undefined for the data file's own, else a hash
 * of the fixed one. What carries another name than this one is about another question than now counts.
 */
export function askedOf(questionId: string, { questions }: Fixes): string | undefined {
  const fix = questions.get(questionId);
  return fix === undefined || fix.text === fix.original
    ? undefined
    : sha256Text(fix.text).slice(0, 16);
}

/** The question with the text that counts now; an equation of the older text is left out. */
export function withTextNow(question: Question, fixes: Fixes): Question {
  if (askedOf(question.id, fixes) === undefined) return question;
  const { equation: _equation, ...rest } = question;
  return { ...rest, question: fixes.questions.get(question.id)?.text ?? question.question };
}

/** The question as it counts now: text and gold after fixes. */
export function questionNow(
  question: Question,
  curation: Pick<Curation, 'questions' | 'gold'>,
): Question {
  const answer = curation.gold.get(question.id) ?? question.answer;
  const now = withTextNow(question, curation);
  return answer === now.answer ? now : { ...now, answer };
}
