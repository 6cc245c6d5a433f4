import { sentence, type Sentence, type Text } from '../sentence.ts';
import { goldValue } from '../grading/gold.ts';
import { sha256Text } from '../hash.ts';
import { questionId, type Question } from './question.ts';

/** Where a row stands in its source: the 1-based line on which it starts. */
export interface RowPlace {
  readonly line: number;
}

/** A row that could not be imported. `field` is the source's own name, null when the whole row is unusable. */
export interface BadRow {
  readonly line: number;
  readonly field: string | null;
  /** Completes the sentence "answer …". */
  readonly reason: Text;
}

/** Something that import changed or left out in a row that it kept. */
export interface RowNote {
  readonly line: number;
  readonly field: string;
  readonly note: Text;
}

export type RowResult =
  { readonly question: Question; readonly notes: readonly RowNote[] } | { readonly bad: BadRow };

/** Thrown inside an importer and turned into a bad row by `importRow`; never leaves this folder. */
export class RowError extends Error {
  readonly field: string | null;
  readonly reason: Text;

  constructor(field: string | null, reason: Text) {
    super(String(reason));
    this.field = field;
    this.reason = reason;
  }
}

export const MAX_ID = 200;
const MAX_TEXT = 100_000;
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** A text field: present, not blank, whole characters only; surrounding white space is no part of it. */
export function textOf(value: unknown, field: string): string {
  if (value === undefined || value === null) throw new RowError(field, sentence`is missing`);
  if (typeof value !== 'string') throw new RowError(field, sentence`is ${kindOf(value)}, not text`);
  if (LONE_SURROGATE.test(value))
    throw new RowError(field, sentence`holds half of a surrogate pair`);
  const text = value.trim();
  if (text === '') throw new RowError(field, sentence`is empty`);
  if (text.length > MAX_TEXT) {
    throw new RowError(field, sentence`has ${text.length} characters; the limit is ${MAX_TEXT}`);
  }
  return text;
}

/** A gold answer: text or a number, and one number by the grader's rules. Kept as the source spells it. */
export function goldOf(value: unknown, field: string): string {
  const written =
    typeof value === 'number' && Number.isFinite(value) ? exactNumber(value, field) : value;
  const gold = textOf(written, field);
  if (goldValue(gold) === null) {
    throw new RowError(field, sentence`is not one number: ${JSON.stringify(gold.slice(0, 60))}`);
  }
  return gold;
}

function exactNumber(value: number, field: string): string {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new RowError(field, sentence`is a number too long to be read exactly; write it as text`);
  }
  return String(value);
}

/**
 * The id of a row. Text stays as it is (`__proto__` and `../x` too: an id is never a file name or an object key),
 * a number becomes its text, what is too long becomes a hash of itself, and what is missing, blank or a number that
 * JSON cannot hold exactly is replaced by a hash of the question. All of it depends on the row alone.
 */
export function idOf(
  value: unknown,
  field: string,
  question: string,
): { readonly id: string; readonly note: Text | null } {
  if (value === undefined || value === null || value === '') {
    return { id: questionId(question), note: null };
  }
  if (typeof value === 'number') {
    if (Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value))) {
      return { id: String(value), note: null };
    }
    return {
      id: questionId(question),
      note: sentence`was a number too long to be exact: made from the question`,
    };
  }
  if (typeof value !== 'string') throw new RowError(field, sentence`is ${kindOf(value)}, not text`);
  if (LONE_SURROGATE.test(value))
    throw new RowError(field, sentence`holds half of a surrogate pair`);
  if (value.trim() === '')
    return { id: questionId(question), note: sentence`was blank: made from the question` };
  if (value.length <= MAX_ID) return { id: value, note: null };
  return {
    id: `h-${sha256Text(value).slice(0, 32)}`,
    note: sentence`had ${value.length} characters: replaced by its hash`,
  };
}

/** A rationale with line ends and blank lines folded and a final answer line; otherwise untouched. */
export function rationaleOf(text: string, gold: string): string {
  const folded = text
    .replace(/\r\n?/gu, '\n')
    .replace(/\n[^\S\n]*(?=\n)/gu, '')
    .trim();
  return /(?:^|\n)Answer:[^\n]*$/u.test(folded) ? folded : `${folded}\nAnswer: ${gold}`;
}

function kindOf(value: unknown): Sentence {
  if (Array.isArray(value)) return sentence`a list`;
  if (typeof value === 'object') return sentence`an object`;
  return typeof value === 'number' ? sentence`a number` : sentence`a ${typeof value}`;
}
