import type { RowId, RowOrder, Run } from '../../core/dataset/rowOrder.ts';
import { MAX_LINE_BYTES } from '../storage/byteLines.ts';
import type { LineIndex } from './lineIndex.ts';

/** How a line ends; only the last one of a file may end in nothing. */
export type LineEnd = '' | '\n' | '\r\n';

/** A line as its bytes stand. `bytes` is null where it is too long to be held. */
export interface RawLine {
  readonly bytes: Buffer | null;
  /** Without the end. */
  readonly length: number;
  readonly end: LineEnd;
}

/** Lines that follow each other in a store and in the document. */
export interface StoredRun {
  readonly store: StoredLines;
  readonly line: number;
  readonly count: number;
}

/** Lines in a file that is read in parts: which row stands on which, and where their bytes are. */
export abstract class StoredLines {
  readonly index: LineIndex;
  /** Which row stands on which line; null: row n on line n. */
  readonly order: RowOrder | null;

  constructor(index: LineIndex, order: RowOrder | null) {
    this.index = index;
    this.order = order;
  }

  /** Fills a part of a buffer with the bytes from a place on. */
  abstract readInto(buffer: Buffer, offset: number, length: number, from: number): Promise<void>;

  /** Runs reads while the store is surely open. */
  using<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  get lines(): number {
    return this.index.lines;
  }

  /** The line on which a row stands, or null where this store has it not. */
  lineOf(id: RowId): number | null {
    if (this.order !== null) return this.order.placeOf(id);
    return id >= 0 && id < this.lines ? id : null;
  }

  /** The row of a line. */
  idAt(line: number): RowId {
    return this.order === null ? line : (this.order.at(line) ?? line);
  }

  /** A run of rows cut where its lines do not follow each other here; null where this store has them not. */
  *partsOf(run: Run): Generator<{ readonly run: Run; readonly line: number | null }> {
    if (this.order !== null) {
      for (const part of this.order.partsOf(run)) yield { run: part.run, line: part.place };
    } else yield { run, line: run.from >= 0 ? run.from : null };
  }

  async bytes(from: number, to: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(to - from);
    await this.readInto(bytes, 0, to - from, from);
    return bytes;
  }

  async line(line: number): Promise<RawLine> {
    const start = this.index.startOf(line);
    const stop = this.index.startOf(line + 1);
    if (stop - start > MAX_LINE_BYTES) {
      const end = await this.endOf(line);
      return { bytes: null, length: stop - start - end.length, end };
    }
    return splitEnd(await this.bytes(start, stop));
  }

  async endOf(line: number): Promise<LineEnd> {
    const stop = this.index.startOf(line + 1);
    const last = await this.bytes(Math.max(this.index.startOf(line), stop - 2), stop);
    return splitEnd(last).end;
  }
}

/** A line's bytes without its end, and its end. */
export function splitEnd(bytes: Buffer): RawLine & { readonly bytes: Buffer } {
  const end = bytes.at(-1) !== 0x0a ? '' : bytes.at(-2) === 0x0d ? '\r\n' : '\n';
  const content = bytes.subarray(0, bytes.length - end.length);
  return { bytes: content, length: content.length, end };
}
