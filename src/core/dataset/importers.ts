import { sha256Bytes } from '../hash.ts';
import { sentence, type Sentence } from '../sentence.ts';
import { fromGsm8k } from './gsm8k.ts';
import { fromMawps } from './mawps.ts';
import { fromMultiArith } from './multiArith.ts';
import { fromCommonsenseQa } from './commonsenseQa.ts';
import { guessMapping, type MappingGuess } from './guessMapping.ts';
import { fromMapped, keyText, type FieldMapping } from './mapped.ts';
import { normaliseQuestion, questionSchema, type Question } from './question.ts';
import { RowError, type BadRow, type RowNote, type RowPlace, type RowResult } from './row.ts';
import { fromStrategyQa } from './strategyQa.ts';
import { fromSvamp } from './svamp.ts';

/** Sets that are read as their authors published them. */
export const PUBLISHED_SETS = [
  'gsm8k',
  'svamp',
  'multiarith',
  'mawps',
  'commonsenseqa',
  'strategyqa',
] as const;
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
  /** None where each was handed over as it was read. */
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
      case 'commonsenseqa':
        return fromCommonsenseQa(value, at);
      case 'strategyqa':
        return fromStrategyQa(value, at);
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
  if (isText('answerKey') && 'question_concept' in (isRecord(question) ? question : row))
    return 'commonsenseqa';
  const scores = row['target_scores'];
  if (isText('input') && isRecord(scores) && 'Yes' in scores && 'No' in scores) return 'strategyqa';
  if (typeof answer === 'boolean' && 'facts' in row && 'decomposition' in row) return 'strategyqa';
  return null;
}

/** How a source is perhaps to be read. */
export interface FormatGuess {
  readonly format: DataFormat;
  /** Null for published sets, which are known by their fields. */
  readonly guess: MappingGuess | null;
  /** Whether nothing was guessed: a published set, or rows in the project's own form. */
  readonly certain: boolean;
}

/** The names of the project's own form. */
const OWN_FIELDS = new Set<string>(Object.keys(questionSchema.shape));

/** The format of a source by its first rows; null when it cannot be told. */
export function guessFormat(rows: readonly unknown[]): FormatGuess | null {
  const [first] = rows;
  if (!isRecord(first)) return null;
  const kind = publishedSet(first);
  if (kind !== null) return { format: { kind }, guess: null, certain: true };
  const guess = guessMapping(rows);
  if (guess === null) return null;
  const own = ownForm(rows, guess);
  const mapping = own ?? guess.mapping;
  return { format: { kind: 'mapped', mapping }, guess, certain: own !== null };
}

/** The mapping of rows that have the fields of the project's own form and no others; null where they are not such. */
function ownForm(rows: readonly unknown[], guess: MappingGuess): FieldMapping | null {
  const hasForm = rows.every(
    (row) => isRecord(row) && Object.keys(row).every((field) => OWN_FIELDS.has(field)),
  );
  if (!hasForm) return null;
  const mapping: FieldMapping = {
    question: 'question',
    answer: 'answer',
    ...(rows.some((row) => isRecord(row) && 'id' in row) ? { id: 'id' } : {}),
  };
  if (guess.kind === 'own') return mapping;
  // Without a kind an answer is a number; where most are something else, that was not meant.
  const usable = rows.filter((row) => {
    const result = importRow({ kind: 'mapped', mapping }, row, { line: 1 });
    return 'question' in result || result.bad.field !== 'answer';
  });
  return usable.length * 2 >= rows.length ? mapping : null;
}

/** 16 bytes of a text's SHA-256, a character each: two texts that share them are not to be found. */
function shortDigest(text: string): string {
  return String.fromCharCode(...sha256Bytes(text).subarray(0, 16));
}

/** Collects rows one by one: for sources that are too large to be held twice. */
export class ImportCollector {
  readonly #questions: Question[] = [];
  readonly #bad: BadRow[] = [];
  readonly #duplicates: DuplicateRow[] = [];
  readonly #notes: RowNote[] = [];
  /** By digests: of a million rows the texts would be held once more. */
  readonly #byId = new Map<string, { line: number; answer: string }>();
  readonly #byText = new Map<string, { line: number; answer: string }>();
  #read = 0;
  #kept = 0;
  readonly #take: (question: Question) => void;

  /** `take` gets each question as it is read; without it they are collected. */
  constructor(take?: (question: Question) => void) {
    this.#take = take ?? ((question) => void this.#questions.push(question));
  }

  /** A parsed value of the source. */
  add(format: DataFormat, value: unknown, at: RowPlace): void {
    const result = importRow(format, value, at);
    if ('bad' in result) {
      this.addBad(result.bad);
      return;
    }
    this.#read += 1;
    const { question, notes } = result;
    const choices = question.choices && { texts: question.choices };
    const text = shortDigest(normaliseQuestion(keyText(question.question, choices)));
    const id = shortDigest(question.id);
    const own = { line: at.line, answer: question.answer };
    const sameId = this.#byId.get(id);
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
    this.#byId.set(id, own);
    this.#byText.set(text, own);
    this.#kept += 1;
    this.#take(question);
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
        kept: this.#kept,
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

/** What a row's number counts: the rows of a Parquet file stand on no lines. */
export type PlaceUnit = 'line' | 'row';

/** "Line 812 of train.jsonl: answer is not one number." */
export function describeBadRow(
  file: string,
  { line, field, reason }: BadRow,
  unit: PlaceUnit = 'line',
): Sentence {
  if (unit === 'row') {
    return field === null
      ? sentence`Row ${line} of ${file}: it ${reason}.`
      : sentence`Row ${line} of ${file}: ${field} ${reason}.`;
  }
  return field === null
    ? sentence`Line ${line} of ${file}: it ${reason}.`
    : sentence`Line ${line} of ${file}: ${field} ${reason}.`;
}
