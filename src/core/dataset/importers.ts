import { sentence, type Sentence } from '../sentence.ts';
import { fromGsm8k } from './gsm8k.ts';
import { fromMawps } from './mawps.ts';
import { fromMultiArith } from './multiArith.ts';
import { fromMapped, guessMapping, type FieldMapping } from './mapped.ts';
import { normaliseQuestion, type Question } from './question.ts';
import { RowError, type BadRow, type RowNote, type RowPlace, type RowResult } from './row.ts';
import { fromSvamp } from './svamp.ts';

/** Sets that are read as their authors published them. */
export const PUBLISHED_SETS = ['gsm8k', 'svamp', 'multiarith', 'mawps'] as const;
export type PublishedSet = (typeof PUBLISHED_SETS)[number];

/** How the rows of a source are read. */
export type DataFormat =
  { readonly kind: PublishedSet } | { readonly kind: 'mapped'; readonly mapping: FieldMapping };

/** A row left out because an earlier one has its id or its text; the first one counts. */
export interface DuplicateRow {
  readonly line: number;
  readonly id: string;
  readonly same: 'id' | 'text';
  readonly firstLine: number;
  /** False: the two disagree about the gold, so one of them is wrong. */
  readonly sameAnswer: boolean;
}

/** What an import found. `counts.read` = kept + bad + duplicates, always. */
export interface ImportResult {
  readonly questions: readonly Question[];
  readonly bad: readonly BadRow[];
  readonly duplicates: readonly DuplicateRow[];
  readonly notes: readonly RowNote[];
  readonly counts: {
    readonly read: number;
    readonly kept: number;
    readonly bad: number;
    readonly duplicates: number;
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One parsed value as a question, or what is wrong with it. Depends on the value alone, never on its place. */
export function importRow(format: DataFormat, value: unknown, at: RowPlace): RowResult {
  try {
    if (!isRecord(value)) throw new RowError(null, sentence`is not a JSON object`);
    switch (format.kind) {
      case 'gsm8k':
        return fromGsm8k(value, at);
      case 'svamp':
        return fromSvamp(value, at);
      case 'multiarith':
        return fromMultiArith(value, at);
      case 'mawps':
        return fromMawps(value, at);
      case 'mapped':
        return fromMapped(value, format.mapping, at);
    }
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    return { bad: { line: at.line, field: error.field, reason: error.reason } };
  }
}

/** The published set that a row is of; null where it is none that is known. */
function publishedSet(row: Readonly<Record<string, unknown>>): PublishedSet | null {
  const { question, answer } = row;
  const isText = (field: string): boolean => typeof row[field] === 'string';
  if (isText('Question') && isText('Numbers') && isText('Equation') && 'Answer' in row)
    return 'mawps';
  if (isText('Body') && 'Question' in row && 'Answer' in row) return 'svamp';
  if (isText('sQuestion') && Array.isArray(row['lSolutions'])) return 'multiarith';
  if (typeof question === 'string' && typeof answer === 'string' && answer.includes('####'))
    return 'gsm8k';
  return null;
}

/** The format of a source by one of its rows; null when it cannot be told. */
export function guessFormat(value: unknown): DataFormat | null {
  if (!isRecord(value)) return null;
  const kind = publishedSet(value);
  if (kind !== null) return { kind };
  const mapping = guessMapping(value);
  return mapping && { kind: 'mapped', mapping };
}

/** Collects rows one by one: for sources that are too large to be held twice. */
export class ImportCollector {
  readonly #questions: Question[] = [];
  readonly #bad: BadRow[] = [];
  readonly #duplicates: DuplicateRow[] = [];
  readonly #notes: RowNote[] = [];
  readonly #byId = new Map<string, { line: number; answer: string }>();
  readonly #byText = new Map<string, { line: number; answer: string }>();
  #read = 0;

  /** A parsed value of the source. */
  add(format: DataFormat, value: unknown, at: RowPlace): void {
    const result = importRow(format, value, at);
    if ('bad' in result) {
      this.addBad(result.bad);
      return;
    }
    this.#read += 1;
    const { question, notes } = result;
    const text = normaliseQuestion(question.question);
    const own = { line: at.line, answer: question.answer };
    const sameId = this.#byId.get(question.id);
    const sameText = this.#byText.get(text);
    const same = sameId ?? sameText;
    if (same) {
      this.#duplicates.push({
        line: at.line,
        id: question.id,
        // A row without an id has one of its text: what repeats is the text.
        same: sameId && sameText?.line !== sameId.line ? 'id' : 'text',
        firstLine: same.line,
        sameAnswer: same.answer === question.answer,
      });
      return;
    }
    this.#byId.set(question.id, own);
    this.#byText.set(text, own);
    this.#questions.push(question);
    this.#notes.push(...notes);
  }

  /** A row that could not even be parsed. */
  addBad(bad: BadRow): void {
    this.#read += 1;
    this.#bad.push(bad);
  }

  /** Something to say of the source that is no row's fault. */
  note(note: RowNote): void {
    this.#notes.push(note);
  }

  result(): ImportResult {
    return {
      questions: this.#questions,
      bad: this.#bad,
      duplicates: this.#duplicates,
      notes: this.#notes,
      counts: {
        read: this.#read,
        kept: this.#questions.length,
        bad: this.#bad.length,
        duplicates: this.#duplicates.length,
      },
    };
  }
}

/** Imports parsed values in order; `line` counts from 1 where the caller knows no better. */
export function importRows(
  format: DataFormat,
  values: Iterable<unknown>,
  lineOf: (index: number) => number = (index) => index + 1,
): ImportResult {
  const collector = new ImportCollector();
  let index = 0;
  for (const value of values) {
    collector.add(format, value, { line: lineOf(index) });
    index += 1;
  }
  return collector.result();
}

/** "Line 812 of train.jsonl: answer is not one number." */
export function describeBadRow(file: string, { line, field, reason }: BadRow): Sentence {
  return field === null
    ? sentence`Line ${line} of ${file}: it ${reason}.`
    : sentence`Line ${line} of ${file}: ${field} ${reason}.`;
}
