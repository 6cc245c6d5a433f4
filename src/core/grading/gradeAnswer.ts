import type { AnswerKind } from '../dataset/question.ts';
import { sentence, type Text } from '../sentence.ts';
import { choiceLetter, gradeChoice, gradeYesNo } from './choices.ts';
import { gradeExact, gradePattern } from './exact.ts';
import { goldValue } from './gold.ts';
import { GRADER, gradeNumeric, gradeStrictly as gradeNumberStrictly } from './grade.ts';
import { patternProblem } from './pattern.ts';
import { plainText } from './phrase.ts';
import type { Grade } from './verdict.ts';

/** What an answer is measured by; a question is one. `kind` is `number` where it is absent. */
export interface GoldAnswer {
  readonly answer: string;
  readonly kind?: AnswerKind | undefined;
  readonly choices?: readonly string[] | undefined;
}

/** Grades a text by the rules of its question's kind. Pure, linear in the text, never throws, never alters the text. */
export function gradeAnswer(text: string, { answer, kind, choices }: GoldAnswer): Grade {
  switch (kind) {
    case 'choice':
      return gradeChoice(text, answer, choices);
    case 'yes-no':
      return gradeYesNo(text, answer);
    case 'exact':
      return gradeExact(text, answer);
    case 'regex':
      return gradePattern(text, answer);
    case 'number':
    case undefined:
      return gradeNumeric(text, answer);
  }
}

/** The strict verdict and what was read, alone: what an exam counts. */
export function gradeStrictly(text: string, gold: GoldAnswer): Pick<Grade, 'verdict' | 'value'> {
  if (isNumber(gold)) return gradeNumberStrictly(text, gold.answer);
  const { verdict, value } = gradeAnswer(text, gold);
  return { verdict, value };
}

/** Grades a stored attempt: adds the flags that only the exam knows. */
export function gradeAttempt(
  attempt: { readonly text: string; readonly finish: 'eos' | 'stop' | 'length' | 'loop' },
  gold: GoldAnswer,
): Grade {
  const grade = gradeAnswer(attempt.text, gold);
  const flags = [...grade.flags];
  if (attempt.finish === 'length') flags.push('truncated');
  if (attempt.finish === 'loop') flags.push('loop');
  return { ...grade, flags };
}

/** Whether a question's answer is a number. */
export const isNumber = ({ kind = 'number' }: Pick<GoldAnswer, 'kind'>): boolean =>
  kind === 'number';

/** What a file about a question keeps beside the gold, so that it can be read: nothing of a number. */
export function goldFields({ kind, choices }: Pick<GoldAnswer, 'kind' | 'choices'>): {
  kind?: AnswerKind;
  choices?: string[];
} {
  if (kind === undefined || kind === 'number') return {};
  return { kind, ...(kind === 'choice' && choices ? { choices: [...choices] } : {}) };
}

/** The rules of each kind, as they are now. */
const RULES: Readonly<Partial<Record<AnswerKind, string>>> = {
  choice: 'choice-2',
  'yes-no': 'yes-no-2',
};

/** Names the rules by which answers of these kinds are graded; a change of one is another name. */
export function graderOf(golds: readonly Pick<GoldAnswer, 'kind'>[]): string {
  const kinds = new Set(
    golds.flatMap(({ kind = 'number' }) => (kind === 'number' ? [] : [RULES[kind] ?? `${kind}-1`])),
  );
  return [GRADER, ...[...kinds].sort()].join('+');
}

/** A longer text is no answer that stands behind a marker. */
const LONGEST_EXACT = 1000;

/** Why nobody can be graded by a gold, completing "The answer …"; null where somebody can. */
export function goldProblem(
  kind: AnswerKind | undefined,
  answer: string,
  choices: readonly string[] | undefined,
): Text | null {
  const shown = JSON.stringify(answer.slice(0, 60));
  switch (kind) {
    case 'choice':
      if (choices === undefined) return sentence`names a choice, and there are none`;
      return choiceLetter(answer, choices.length) === null
        ? sentence`is none of the choices: ${shown}`
        : null;
    case 'yes-no':
      return /^(?:yes|no)$/iu.test(answer.trim())
        ? null
        : sentence`is neither yes nor no: ${shown}`;
    case 'exact':
      if (plainText(answer) === '') return sentence`is empty`;
      return answer.length > LONGEST_EXACT
        ? sentence`has ${answer.length} characters; an answer is compared up to ${LONGEST_EXACT}`
        : null;
    case 'regex':
      return patternProblem(answer);
    case 'number':
    case undefined:
      return goldValue(answer) === null ? sentence`is not one number: ${shown}` : null;
  }
}
