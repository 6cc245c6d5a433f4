import { goldProblem } from '../grading/gradeAnswer.ts';
import { sentence } from '../sentence.ts';
import { letterAt, placeOf } from './choiceLetter.ts';
import { choiceName } from './choiceColumns.ts';
import type { Choices } from './choices.ts';
import type { AnswerKind } from './question.ts';
import { goldOf, RowError, textOf } from './row.ts';

/** What an answer may name. */
export interface GoldOptions {
  readonly choices?: Choices | undefined;
  /** The number of the first choice where the source names choices by numbers; 0 where it is not said. */
  readonly first?: 0 | 1 | undefined;
}

/** A source's answer as the gold of its kind: a number as it is spelt, "yes" or "no", a letter, a text, a pattern. */
export function goldOfKind(
  kind: AnswerKind,
  value: unknown,
  field: string,
  { choices, first = 0 }: GoldOptions = {},
): string {
  switch (kind) {
    case 'number':
      return goldOf(value, field);
    case 'yes-no':
      return yesNoOf(value, field);
    case 'choice':
      return letterOf(value, field, choices, first);
    case 'exact':
      return exactOf(value, field);
    case 'regex':
      return patternOf(value, field);
  }
}

function exactOf(value: unknown, field: string): string {
  const text = textOf(typeof value === 'number' ? goldOf(value, field) : plainly(value), field);
  const problem = goldProblem('exact', text, undefined);
  if (problem !== null) throw new RowError(field, problem);
  return text;
}

const plainly = (value: unknown): unknown => (typeof value === 'boolean' ? String(value) : value);
const shown = (text: string): string => JSON.stringify(text.slice(0, 60));

/** "yes" or "no" where a value says so; null where it says something else. */
export function yesOrNo(value: unknown): 'yes' | 'no' | null {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'string') return null;
  const word = value.trim().toLowerCase().replace(/\.$/u, '');
  if (word === 'yes' || word === 'true') return 'yes';
  return word === 'no' || word === 'false' ? 'no' : null;
}

function yesNoOf(value: unknown, field: string): string {
  const answer = yesOrNo(value);
  if (answer !== null) return answer;
  const text = typeof value === 'number' ? String(value) : textOf(value, field);
  throw new RowError(field, sentence`is neither yes nor no: ${shown(text)}`);
}

/** The letter of the choice that an answer names: by the source's label, a letter, a number, or the choice's own text. */
function letterOf(
  value: unknown,
  field: string,
  choices: Choices | undefined,
  first: 0 | 1,
): string {
  if (choices === undefined)
    throw new RowError(field, sentence`names a choice, and there are none`);
  const text = textOf(typeof value === 'number' ? String(value) : plainly(value), field);
  const named = byName(text, choices, first);
  const worded = choices.texts.flatMap((choice, index) => (same(choice, text) ? [index] : []));
  if (named !== null && worded.length > 0 && !worded.includes(named)) {
    throw new RowError(
      field,
      sentence`can be two choices, (${letterAt(named)}) by its place or (${letterAt(worded[0] ?? 0)}) by its text: ${shown(text)}`,
    );
  }
  const [only, second] = named === null ? worded : [named];
  if (only === undefined)
    throw new RowError(field, sentence`is none of the choices: ${shown(text)}`);
  if (second !== undefined)
    throw new RowError(field, sentence`is the text of two choices: ${shown(text)}`);
  return letterAt(only);
}

const same = (one: string, other: string): boolean =>
  one.trim().toLowerCase() === other.trim().toLowerCase();

function byName(text: string, { texts, labels }: Choices, first: 0 | 1): number | null {
  // "(b)", "b)", "b." and "option b" are all b.
  const bare = text.replace(/^\((.*)\)$/su, '$1').replace(/(?<=^\w{1,2})[).:]$/u, '');
  const name = choiceName(bare);
  const labelled = labels?.findIndex((label) => same(label, name)) ?? -1;
  if (labelled >= 0) return labelled;
  const index = /^[a-z]$/iu.test(name)
    ? placeOf(name)
    : /^\d{1,2}$/u.test(name)
      ? Number(name) - first
      : -1;
  return index >= 0 && index < texts.length ? index : null;
}

function patternOf(value: unknown, field: string): string {
  const pattern = textOf(value, field);
  const problem = goldProblem('regex', pattern, undefined);
  if (problem !== null) throw new RowError(field, problem);
  return pattern;
}
