import { wordingOf, type Worded } from '../dataset/choiceLines.ts';
import type { Question } from '../dataset/question.ts';
import { sha256Text } from '../hash.ts';
import type { Curation } from './curation.ts';

export type Fixes = Pick<Curation, 'questions'>;

/** No question was fixed: what counts for every set that is not trained on. */
export const NO_FIXES: Fixes = { questions: new Map() };

/** Names a wording of a question. */
const nameOfText = (wording: string): string => sha256Text(wording).slice(0, 16);

/** Names a question by what is asked: by its text alone, of a choice by its choices, too. */
export const nameOfWording = (question: Worded): string => nameOfText(wordingOf(question));

const names = new WeakMap<object, { readonly wording: string; readonly name: string }>();

/** `holder` is what the wording belongs to: one that does not change is hashed once. */
function nameOf(holder: object, wording: string): string {
  const known = names.get(holder);
  if (known?.wording === wording) return known.name;
  const name = nameOfText(wording);
  names.set(holder, { wording, name });
  return name;
}

/** Whether another text than the data file's counts for a question. */
export function isFixed(questionId: string, { questions }: Fixes): boolean {
  const fix = questions.get(questionId);
  return fix !== undefined && fix.text !== fix.original;
}

/** Names the wording of a question that counts now: attempts and candidates carry the name of the one they are about. */
export function textName(question: Question, fixes: Fixes): string {
  const fix = isFixed(question.id, fixes) ? fixes.questions.get(question.id) : undefined;
  return fix
    ? nameOf(fix, wordingOf({ ...question, question: fix.text }))
    : nameOf(question, wordingOf(question));
}

/**
 * Whether what carries the name `asked` is about the text that counts now: the data file may have been edited and the
 * question fixed since. Records that name none are about the data file's own text, whatever it was.
 */
export function isAbout(asked: string | undefined, question: Question, fixes: Fixes): boolean {
  return asked === undefined ? !isFixed(question.id, fixes) : asked === textName(question, fixes);
}

/** The question with the text that counts now; an equation of the older text is left out. */
export function withTextNow(question: Question, fixes: Fixes): Question {
  if (!isFixed(question.id, fixes)) return question;
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
