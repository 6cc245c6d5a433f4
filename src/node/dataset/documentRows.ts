import { isUtf8 } from 'node:buffer';
import { inversePatch, patched, type Patch } from '../../core/dataset/patch.ts';
import { RowOrder, type RowId, type Splice } from '../../core/dataset/rowOrder.ts';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { RowKey } from '../../shared/datasetContract.ts';
import type { BaseFile } from './baseFile.ts';
import type { KeptRows } from './keptRows.ts';
import { idOfKey, keyOf } from './rowKeys.ts';
import type { LineEnd, RawLine, StoredLines } from './storedLines.ts';

/** A row whose content is not, or no longer, that of a file: edited or inserted. */
export interface HeldRow {
  /** What the line says; bytes where these are no text. */
  readonly content: string | Buffer;
  readonly end: RowEnd;
}

/** What a row says now. */
export interface RowLine {
  /** Null where the bytes are no UTF-8, or too long to be held. */
  readonly text: string | null;
  readonly bytes: Buffer | null;
  readonly length: number;
  readonly end: RowEnd;
}

/** How a row ends wherever it is not the last of a file. */
export type RowEnd = '\n' | '\r\n';

/** How lines end that have no end of their own. */
export interface LineEnds {
  /** Of lines that are new. */
  readonly eol: RowEnd;
  /** Whether the last line has an end. */
  readonly final: boolean;
  /** Of the last line of the file where it has none, once it is not the last any more; null: as new ones. */
  readonly bare: RowEnd | null;
}

/** How many rows of a document differ from its file. */
export interface Counts {
  readonly edited: number;
  readonly inserted: number;
  readonly deleted: number;
}

/** One act on the document, in terms that can be taken back. */
export interface Change {
  readonly splices: readonly Splice[];
  readonly patches: readonly TextChange[];
  /** Rows that did not exist before. */
  readonly fresh: readonly { readonly id: RowId; readonly row: HeldRow }[];
}

/** A change of what one row says, from one version of it to another: taking it back leads to the old version again. */
export interface TextChange {
  readonly id: RowId;
  readonly patch: Patch;
  readonly from: number;
  readonly to: number;
}

/** The rows of a document: their sequence, what was changed in them, and where the rest is read from. */
export class DocumentRows {
  base: BaseFile;
  order: RowOrder;
  readonly kept: KeptRows;
  readonly held = new Map<RowId, HeldRow>();
  /** Number of the next inserted row. */
  nextInserted = 0;
  #ends: LineEnds | null = null;
  /** Versions of rows that were edited at some time; 0 is what they said first. */
  readonly #versions = new Map<RowId, number>();
  /** The versions that the file has, where these are others than the first. */
  readonly #saved = new Map<RowId, number>();
  #lastVersion = 0;
  #counts: Counts | null = null;
  /** How often the file was read anew before. */
  readonly #reading: number;

  constructor(base: BaseFile, kept: KeptRows, reading: number) {
    this.base = base;
    this.kept = kept;
    this.#reading = reading;
    this.order = new RowOrder(base.lines);
  }

  /** Takes over lines that have been found since; nothing moves rows before all are known. */
  grow(): void {
    const { order, lines, complete, eol, finalNewline } = this.base;
    if (order === null) this.order.grow(lines);
    this.#counts = null;
    if (complete) this.#ends ??= { eol, final: finalNewline, bare: null };
  }

  /** How the document ends its lines; they stay as they were when the file was opened. */
  get ends(): LineEnds {
    return this.#ends ?? { eol: this.base.eol, final: this.base.finalNewline, bare: null };
  }

  set ends(ends: LineEnds) {
    this.#ends = ends;
  }

  /** The end of a line that may have none of its own. */
  endOr(end: LineEnd): RowEnd {
    return end === '' ? (this.ends.bare ?? this.ends.eol) : end;
  }

  /** A line of a file with its text, where it has one. */
  asLine({ bytes, length, end }: RawLine): RowLine {
    const text = bytes !== null && isUtf8(bytes) ? bytes.toString('utf8') : null;
    return { text, bytes, length, end: this.endOr(end) };
  }

  /**
   * Reads what a change needs and sees whether it fits. Nothing happens before the function that it returns is called;
   * that makes the change and returns the one that takes it back.
   */
  async prepare(change: Change): Promise<() => Change> {
    const next: [RowId, HeldRow][] = [];
    for (const { id, patch, from } of change.patches) {
      const line = await this.line(id);
      if (line.text === null) throw noText();
      if (from !== this.versionOf(id)) throw gone();
      next.push([id, { content: patched(line.text, patch), end: line.end }]);
    }
    return () => this.#make(change, next);
  }

  #make(change: Change, next: readonly [RowId, HeldRow][]): Change {
    this.#counts = null;
    const splices = this.order.apply(change.splices);
    for (const { id, row } of change.fresh) if (!this.held.has(id)) this.held.set(id, row);
    for (const [id, row] of next) this.held.set(id, row);
    for (const { id, to } of change.patches) {
      this.#versions.set(id, to);
      const isSaved = to === (this.#saved.get(id) ?? 0) && this.base.lineOf(id) !== null;
      if (isSaved) this.held.delete(id);
    }
    const patches = change.patches
      .map(({ id, patch, from, to }) => ({ id, patch: inversePatch(patch), from: to, to: from }))
      .reverse();
    return { splices, patches, fresh: [] };
  }

  versionOf(id: RowId): number {
    return this.#versions.get(id) ?? 0;
  }

  /** The number of a version that no row had before. */
  newVersion(): number {
    this.#lastVersion += 1;
    return this.#lastVersion;
  }

  /** Reads from a file that has just been written: it says what the document said. */
  rebase(base: BaseFile, bare: RowEnd | null): void {
    this.#counts = null;
    this.base = base;
    this.ends = { ...this.ends, bare };
    for (const id of this.held.keys()) {
      if (this.order.placeOf(id) === null) continue;
      this.held.delete(id);
      this.#saved.set(id, this.versionOf(id));
    }
  }

  /** Lets go of rows that say what the file says all the same. */
  async tidy(): Promise<void> {
    this.#counts = null;
    for (const [id, { content }] of this.held) {
      const line = this.base.lineOf(id);
      if (line === null) continue;
      const { bytes } = await this.base.line(line);
      if (bytes?.equals(typeof content === 'string' ? Buffer.from(content) : content) !== true)
        continue;
      this.held.delete(id);
      this.#saved.set(id, this.versionOf(id));
    }
  }

  /** Where the bytes of a row that is not held are. */
  placeOf(id: RowId): { readonly store: StoredLines; readonly line: number } {
    for (const store of [this.base, ...this.kept.stores]) {
      const line = store.lineOf(id);
      if (line !== null) return { store, line };
    }
    throw gone();
  }

  async line(id: RowId): Promise<RowLine> {
    const held = this.held.get(id);
    if (held !== undefined) return heldLine(held);
    const { store, line } = this.placeOf(id);
    return store.using(async () => this.asLine(await store.line(line)));
  }

  /** The row of a key, if the document has it. */
  idOf(key: RowKey): RowId {
    const id = this.namedBy(key);
    if (this.order.placeOf(id) === null) throw gone();
    return id;
  }

  /** The row of a key, whether the document still has it or not. */
  namedBy(key: RowKey): RowId {
    const id = idOfKey(key, this.#reading);
    if (id === null) throw gone();
    return id;
  }

  keyOf(id: RowId): RowKey {
    return keyOf(id, this.#reading);
  }

  placeOfRow(id: RowId): number {
    const place = this.order.placeOf(id);
    if (place === null) throw gone();
    return place;
  }

  state(id: RowId): 'same' | 'edited' | 'inserted' {
    if (this.base.lineOf(id) === null) return 'inserted';
    return this.held.has(id) ? 'edited' : 'same';
  }

  /** How the document differs from the file. */
  counts(): Counts {
    this.#counts ??= this.#count();
    return this.#counts;
  }

  #count(): Counts {
    let edited = 0;
    for (const id of this.held.keys()) {
      if (this.base.lineOf(id) !== null && this.order.placeOf(id) !== null) edited += 1;
    }
    let inserted = 0;
    for (const run of this.order.runs) {
      for (const part of this.base.partsOf(run)) if (part.line === null) inserted += part.run.count;
    }
    return { edited, inserted, deleted: this.base.lines - this.order.length + inserted };
  }
}

/** Content and end of a held row as of a line of the file. */
export function heldLine({ content, end }: HeldRow): RowLine {
  if (typeof content !== 'string') {
    return { text: null, bytes: content, length: content.length, end };
  }
  const bytes = Buffer.from(content, 'utf8');
  return { text: content, bytes, length: bytes.length, end };
}

function gone(): AppError {
  return new AppError('store.stale', sentence`This row is not in the document any more.`, {
    hint: sentence`Choose another one.`,
  });
}

/** What cannot be read as text cannot be edited as such. */
export function noText(): AppError {
  return new AppError('data.invalid', sentence`This line cannot be edited as text.`, {
    hint: sentence`It is no valid UTF-8, or longer than 16 MB; it is kept as it is.`,
  });
}
