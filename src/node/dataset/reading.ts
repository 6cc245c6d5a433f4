import { sampleFields, type SampledField } from '../../core/dataset/fieldSample.ts';
import type { RowDescription } from '../../core/dataset/describeRow.ts';
import { decodeString, scanLine } from '../../core/dataset/jsonSpans.ts';
import { NEEDED_FIELDS } from '../../core/dataset/questionProblems.ts';
import type { RowId } from '../../core/dataset/rowOrder.ts';
import { isAppError } from '../../core/errors.ts';
import { sentence, type Text } from '../../core/sentence.ts';
import {
  NO_DATASET_FILTER,
  type DatasetFilter,
  type DatasetRecord,
  type DatasetRow,
} from '../../shared/datasetContract.ts';
import type { Fs } from '../storage/fs.ts';
import { BaseFile } from './baseFile.ts';
import { Descriptions } from './descriptions.ts';
import { DocumentRows, noText, type Change } from './documentRows.ts';
import { eachLine } from './eachLine.ts';
import { KeptRows } from './keptRows.ts';
import { RowCheck, idsOf } from './rowCheck.ts';
import { RowFilter } from './rowFilter.ts';
import { describeLine, shownRecord, shownRow, type SayText } from './shownRows.ts';

/** Rows from which the fields of the file are taken. */
const SAMPLE = 200;
const SAMPLE_BYTES = 1 << 20;

export interface ReadingParts {
  readonly fs: Fs;
  /** Where rows that a save takes out of the file are kept for an undo. */
  readonly folder: string;
  /** Whether rows have to be questions of a project. */
  readonly inSet: boolean;
  /** Files up to this size are held in memory. */
  readonly wholeBytes: number | undefined;
  readonly say: SayText;
  /** More of the file is known than before. */
  readonly onLook: () => void;
  /** Reading on or filtering failed; the rows read so far stay. */
  readonly onFailure: (error: unknown) => void;
}

/** One reading of a file: its rows with what was changed in them, and what is known of them. A reload makes a new one. */
export class Reading {
  readonly rows: DocumentRows;
  filter: RowFilter | null = null;
  /** Resolves when all lines are known; rejects when the file cannot be read on. */
  readonly indexed: Promise<void>;
  fields: readonly SampledField[] = [];
  /** Whether the file could not be read to its end. */
  failed = false;
  readonly #parts: ReadingParts;
  readonly #descriptions = new Descriptions();
  readonly #end = new AbortController();
  #filterEnd = new AbortController();
  readonly #first: Promise<void>;
  #check: RowCheck | null = null;
  #changes = 0;

  private constructor(base: BaseFile, parts: ReadingParts, number: number) {
    this.#parts = parts;
    this.rows = new DocumentRows(base, new KeptRows(parts.fs, parts.folder), number);
    let first = (): void => undefined;
    const seen = new Promise<void>((resolve) => {
      first = resolve;
    });
    this.indexed = base.using(() =>
      base.readIndex(this.#end.signal, () => {
        this.rows.grow();
        first();
        parts.onLook();
      }),
    );
    this.#first = Promise.race([seen, this.indexed]);
    this.#watch(
      this.indexed.catch((error: unknown) => {
        this.failed = true;
        throw error;
      }),
    );
  }

  /** Opens a file and reads its first rows. `number`: how often it was read anew before. */
  static async open(path: string, parts: ReadingParts, number: number): Promise<Reading> {
    const base = await BaseFile.open(parts.fs, path, { wholeBytes: parts.wholeBytes });
    const reading = new Reading(base, parts, number);
    try {
      await reading.#first;
      await reading.#sample();
      return reading;
    } catch (error) {
      await reading.end();
      throw error;
    }
  }

  /** Rows that the filter shows. */
  get count(): number {
    return this.filter?.count ?? this.rows.order.length;
  }

  /** Rows with a problem, so far. */
  get problems(): number {
    return this.#check?.problems ?? 0;
  }

  /** Share of the rows that have been looked at for problems. */
  get checked(): number {
    return this.#check?.share ?? 0;
  }

  placeOf(id: RowId): number | null {
    return this.filter === null ? this.rows.order.placeOf(id) : this.filter.placeOf(id);
  }

  async shown(from: number, count: number): Promise<DatasetRow[]> {
    const { rows } = this;
    // What was read before a change is not remembered after it.
    const changes = this.#changes;
    const ids = this.filter?.slice(from, count) ?? [...idsOf(rows.order.slice(from, count))];
    const unknown = ids.filter((id) => this.#descriptions.get(id) === undefined);
    const read = new Map<RowId, RowDescription>();
    await eachLine(rows, unknown, (id, line) => {
      read.set(id, describeLine(line, this.#parts.inSet));
    });
    if (changes === this.#changes) {
      for (const [id, description] of read) this.#descriptions.set(id, description);
    }
    const shown: DatasetRow[] = [];
    for (const id of ids) {
      const description = read.get(id) ?? this.#descriptions.get(id);
      // Removed while its line was read.
      if (description === undefined || rows.order.placeOf(id) === null) continue;
      shown.push(shownRow(rows, id, description, this.#problem(id, description), this.#parts.say));
    }
    return shown;
  }

  async record(id: RowId): Promise<DatasetRecord> {
    const line = await this.rows.line(id);
    const description = describeLine(line, this.#parts.inSet);
    const problem = this.#problem(id, description);
    return shownRecord(this.rows, id, line, description, problem, this.#parts.say);
  }

  async fieldText(id: RowId, index: number): Promise<string> {
    const { text } = await this.rows.line(id);
    if (text === null) throw noText();
    const scan = scanLine(text);
    const field = scan.kind === 'record' ? scan.fields[index] : undefined;
    if (field === undefined) throw noText();
    const raw = text.slice(field.valueStart, field.valueEnd);
    return field.type === 'text' ? decodeString(raw) : raw;
  }

  /** Shows what fits a filter from now on, as it is found. */
  setFilter(filter: DatasetFilter): void {
    this.#filterEnd.abort();
    this.#filterEnd = new AbortController();
    const { search, only, field } = filter;
    const isAll = search.trim() === '' && only === 'all';
    if (isAll) {
      this.filter = null;
      return;
    }
    const needed = this.fields.filter(({ share }) => share > 0.5).map(({ name }) => name);
    const made = new RowFilter({
      rows: this.rows,
      filter: { search, only, field },
      needed: this.#parts.inSet ? NEEDED_FIELDS : needed,
      check: async () => {
        const check = await this.#checkOnce();
        return { check, done: check.run(this.#end.signal, this.#parts.onLook) };
      },
      onLook: this.#parts.onLook,
    });
    this.filter = made;
    const { signal } = this.#filterEnd;
    this.#watch(this.indexed.then(() => made.run(signal)));
  }

  /** Looks at all rows for problems, without being waited for. */
  checkAll(): void {
    this.#watch(this.#checkOnce().then((check) => check.run(this.#end.signal, this.#parts.onLook)));
  }

  /** Rows that may have an id, where all ids are known. */
  rowsWithId(id: string): RowId[] | null {
    return this.#check?.rowsWithId(id) ?? null;
  }

  /**
   * Makes a change and keeps what is known in step with it; returns what takes it back. `before` is called when nothing
   * but that can keep the change from being made.
   */
  async apply(change: Change, before?: () => Promise<void>): Promise<Change> {
    const make = await this.rows.prepare(change);
    await before?.();
    const inverse = make();
    this.#changes += 1;
    const edited = change.patches.map(({ id }) => id);
    const come = change.splices.flatMap(({ insert }) => insert);
    const gone = inverse.splices.flatMap(({ insert }) => insert);
    this.#descriptions.forget(edited);
    try {
      await this.#check?.changed({ gone, come, edited });
      await this.filter?.changed(idsOf(come), edited);
    } catch (error) {
      // The change is made, whatever can be said of its rows.
      this.#parts.onFailure(error);
    }
    return inverse;
  }

  get filterNow(): DatasetFilter {
    return this.filter?.filter ?? NO_DATASET_FILTER;
  }

  /** Ends all reading and closes the files. */
  async end(): Promise<void> {
    this.#end.abort();
    this.#filterEnd.abort();
    await this.indexed.catch(() => undefined);
    await this.rows.base.retire();
    await this.rows.kept.close();
  }

  #problem(id: RowId, { problem }: RowDescription): Text | null {
    if (problem !== null || !this.#parts.inSet || this.#check?.sharesId(id) !== true)
      return problem;
    return sentence`Another row has the same id; of these only the first counts.`;
  }

  async #checkOnce(): Promise<RowCheck> {
    await this.indexed;
    this.#check ??= new RowCheck(this.rows, this.#parts.inSet);
    return this.#check;
  }

  #watch(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!isAppError(error, 'cancelled')) this.#parts.onFailure(error);
    });
  }

  async #sample(): Promise<void> {
    const { index } = this.rows.base;
    let count = 0;
    while (count < SAMPLE && count < index.lines && index.startOf(count + 1) <= SAMPLE_BYTES) {
      count += 1;
    }
    const ids = [...idsOf(this.rows.order.slice(0, count))];
    const texts: string[] = [];
    await eachLine(this.rows, ids, (_, { text }) => {
      if (text !== null) texts.push(text);
    });
    this.fields = sampleFields(texts);
  }
}
