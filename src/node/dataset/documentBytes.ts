import { createHash } from 'node:crypto';
import { cancelled } from '../../core/errors.ts';
import type { Signal } from '../../core/ports.ts';
import { idIn, type RowId, type Run } from '../../core/dataset/rowOrder.ts';
import type { DocumentRows, HeldRow, RowEnd } from './documentRows.ts';
import { LineIndex } from './lineIndex.ts';
import type { StoredLines } from './storedLines.ts';
import { WindowReader } from './windowReader.ts';

/** What is written with one call: calls cost little beside it, and it stays in the processor's cache. */
const CHUNK = 256 * 1024;
/** Lines whose places are noted at once. */
const LINES = 1 << 16;

/** Bytes to be copied from a store, or bytes of our own. */
type Piece =
  | { readonly store: StoredLines; readonly from: number; readonly to: number }
  | { readonly bytes: Buffer };

/** The document as the bytes of a file, and where its lines start in them. */
export class DocumentBytes {
  readonly index = new LineIndex();
  /** How the last row would end if another one followed. */
  lastEnd: RowEnd | null = null;
  readonly #rows: DocumentRows;
  readonly #signal: Signal;
  #size = 0;
  /** Copies of what was written, as long as it is little enough to be held in memory. */
  #copies: Buffer[] | null;
  #copied = 0;
  readonly #hash = createHash('sha256');
  readonly #reader = new WindowReader();

  constructor(rows: DocumentRows, signal: Signal) {
    this.#rows = rows;
    this.#signal = signal;
    // What has become small by an edit is held again when it is opened the next time.
    this.#copies = rows.base.isSmall ? [] : null;
  }

  /** All bytes and their hash, when they have been written and are held in memory. */
  whole(): { readonly bytes: Buffer; readonly hash: string } | null {
    if (this.#copies === null) return null;
    return { bytes: Buffer.concat(this.#copies), hash: this.#hash.digest('hex') };
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** In chunks that are valid until the next but one is asked for; the next is read while one is written. */
  async *chunks(): AsyncGenerator<Buffer> {
    const filled = this.#filled();
    let next = filled.next();
    try {
      for (;;) {
        const { done, value } = await next;
        if (done === true) return;
        this.#keep(value);
        next = filled.next();
        yield value;
      }
    } finally {
      await next.catch(() => undefined);
      await filled.return(undefined);
    }
  }

  #keep(chunk: Buffer): void {
    this.#copied += chunk.length;
    if (this.#copied > this.#rows.base.wholeBytes) this.#copies = null;
    if (this.#copies === null) return;
    this.#copies.push(Buffer.from(chunk));
    this.#hash.update(chunk);
  }

  async *#filled(): AsyncGenerator<Buffer, undefined> {
    let buffer = Buffer.allocUnsafe(CHUNK);
    let other = Buffer.allocUnsafe(CHUNK);
    let used = 0;
    for await (const piece of this.#pieces()) {
      const length = 'store' in piece ? piece.to - piece.from : piece.bytes.length;
      for (let done = 0; done < length;) {
        if (this.#signal.aborted) throw cancelled();
        const part = Math.min(CHUNK - used, length - done);
        if ('store' in piece) {
          await this.#reader.readInto(piece.store, buffer, used, part, piece.from + done);
        } else piece.bytes.copy(buffer, used, done, done + part);
        used += part;
        done += part;
        if (used < CHUNK) continue;
        yield buffer;
        [buffer, other] = [other, buffer];
        used = 0;
      }
    }
    if (used > 0) yield buffer.subarray(0, used);
    return undefined;
  }

  async *#pieces(): AsyncGenerator<Piece> {
    const { base, order } = this.#rows;
    if (base.bom > 0) {
      yield { store: base, from: 0, to: base.bom };
      this.#size = base.bom;
    }
    const last = order.length - 1;
    for (const part of this.#parts(order.slice(0, last))) yield* this.#part(part);
    if (last >= 0) {
      const id = order.at(last);
      if (id !== null) yield* this.#last(id);
    }
  }

  /** Runs cut at held rows, in their order. */
  *#parts(runs: readonly Run[]): Generator<Run | HeldRow> {
    const { held } = this.#rows;
    const lines = [...held.keys()].filter((id) => id >= 0).sort((a, b) => a - b);
    const inserted = [...held.keys()].filter((id) => id < 0).sort((a, b) => b - a);
    for (const run of runs) {
      const ids = run.from >= 0 ? lines : inserted;
      const stepsTo = (id: RowId): number => Math.abs(id - run.from);
      const isBefore = (id: RowId): boolean => (run.from >= 0 ? id < run.from : id > run.from);
      let index = firstNot(ids, isBefore);
      let done = 0;
      for (;;) {
        const id = ids[index];
        if (id === undefined || stepsTo(id) >= run.count) break;
        if (stepsTo(id) > done) yield { from: idIn(run, done), count: stepsTo(id) - done };
        const row = held.get(id);
        if (row !== undefined) yield row;
        done = stepsTo(id) + 1;
        index += 1;
      }
      if (done < run.count) yield { from: idIn(run, done), count: run.count - done };
    }
  }

  *#part(part: Run | HeldRow): Generator<Piece> {
    const { base } = this.#rows;
    if ('content' in part) {
      yield this.#own(Buffer.concat([contentOf(part), Buffer.from(part.end)]));
      return;
    }
    for (const { store, line, count } of this.#stored(part)) {
      yield this.#copy(store, line, count);
      // Only the last line of the opened file can be without an end, and it is not the last one any more.
      if (store !== base || line + count < base.lines || base.finalNewline) continue;
      const end = Buffer.from(this.#rows.endOr(''));
      this.index.extend(end.length);
      this.#size += end.length;
      yield { bytes: end };
    }
  }

  /** The last row ends as the file did: with or without a line end. A blank one is a line only with its end. */
  async *#last(id: RowId): AsyncGenerator<Piece> {
    const { held, ends } = this.#rows;
    const row = held.get(id);
    if (row !== undefined) {
      const content = contentOf(row);
      const bare = !ends.final && content.length > 0;
      this.lastEnd = row.end;
      yield this.#own(bare ? content : Buffer.concat([content, Buffer.from(row.end)]));
      return;
    }
    const { store, line } = this.#rows.placeOf(id);
    const end = await store.endOf(line);
    const from = store.index.startOf(line);
    const to = store.index.startOf(line + 1) - end.length;
    const bare = !ends.final && to > from;
    this.lastEnd = this.#rows.endOr(end);
    const written = Buffer.from(bare ? '' : this.lastEnd);
    this.index.push(this.#size, this.#size + to - from + written.length);
    this.#size += to - from + written.length;
    yield { store, from, to };
    yield { bytes: written };
  }

  #own(bytes: Buffer): Piece {
    this.index.push(this.#size, this.#size + bytes.length);
    this.#size += bytes.length;
    return { bytes };
  }

  #copy(store: StoredLines, line: number, count: number): Piece {
    const from = store.index.startOf(line);
    const to = store.index.startOf(line + count);
    const shift = this.#size - from;
    this.index.copy(store.index, line, count, shift);
    this.#size += to - from;
    return { store, from, to };
  }

  *#stored(run: Run, from = 0): Generator<{ store: StoredLines; line: number; count: number }> {
    const stores = [this.#rows.base, ...this.#rows.kept.stores];
    const store = stores[from];
    if (store === undefined) throw new RangeError('a row of the document is in no file');
    for (const part of store.partsOf(run)) {
      if (part.line === null) {
        yield* this.#stored(part.run, from + 1);
        continue;
      }
      // In parts, so that others get their turn between them.
      for (let done = 0; done < part.run.count; done += LINES) {
        const count = Math.min(LINES, part.run.count - done);
        yield { store, line: part.line + done, count };
      }
    }
  }
}

function contentOf({ content }: HeldRow): Buffer {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}

function firstNot(ids: readonly RowId[], isBefore: (id: RowId) => boolean): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const id = ids[middle];
    if (id !== undefined && isBefore(id)) low = middle + 1;
    else high = middle;
  }
  return low;
}
