import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { RowOrder, type Run } from '../../core/dataset/rowOrder.ts';
import type { Fs, FsHandle } from '../storage/fs.ts';
import { writeFully } from '../storage/writeFully.ts';
import type { BaseFile } from './baseFile.ts';
import { LineIndex } from './lineIndex.ts';
import { StoredLines } from './storedLines.ts';

const CHUNK = 1 << 20;

/**
 * Rows that a save has taken out of the file and that an undo may bring back: a file of their own beside the journal,
 * which goes when the document is closed.
 */
export class KeptRows {
  readonly #fs: Fs;
  readonly #folder: string;
  #file: { readonly path: string | null; readonly handle: FsHandle } | null = null;
  #size = 0;
  readonly #parts: StoredLines[] = [];
  readonly #adopted: BaseFile[] = [];

  constructor(fs: Fs, folder: string) {
    this.#fs = fs;
    this.#folder = folder;
  }

  /** The newest stores first: a row that was kept twice is what it was the last time. */
  get stores(): readonly StoredLines[] {
    return this.#parts;
  }

  /** Copies rows out of the store that is about to go; a last line without an end gets `eol`. */
  async keep(store: StoredLines, runs: readonly Run[], eol: string): Promise<void> {
    if (runs.length === 0) return;
    const handle = await this.#open();
    const index = new LineIndex();
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (const run of runs) {
      for (const { run: part, line } of store.partsOf(run)) {
        if (line === null) throw new RangeError('only rows of the store can be kept');
        const stop = store.index.startOf(line + part.count);
        for (let at = store.index.startOf(line); at < stop;) {
          const length = Math.min(CHUNK, stop - at);
          await store.readInto(buffer, 0, length, at);
          await writeFully(handle, buffer.subarray(0, length));
          at += length;
        }
        for (let more = 0; more < part.count; more += 1) {
          const length = store.index.startOf(line + more + 1) - store.index.startOf(line + more);
          index.push(this.#size, this.#size + length);
          this.#size += length;
        }
        if ((await store.endOf(line + part.count - 1)) === '') {
          await writeFully(handle, Buffer.from(eol));
          index.extend(eol.length);
          this.#size += eol.length;
        }
      }
    }
    this.#parts.unshift(new KeptPart(index, RowOrder.of(runs), handle));
  }

  /** Keeps a whole file open instead, where its rows cannot be copied. */
  adopt(base: BaseFile): void {
    this.#parts.unshift(base);
    this.#adopted.push(base);
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    this.#parts.length = 0;
    for (const base of this.#adopted.splice(0)) await base.retire();
    if (file === null) return;
    await file.handle.close().catch(() => undefined);
    if (file.path !== null) await this.#fs.unlink(file.path).catch(() => undefined);
  }

  async #open(): Promise<FsHandle> {
    if (this.#file === null) {
      await this.#fs.mkdir(this.#folder);
      const path = join(this.#folder, `kept.${randomBytes(6).toString('hex')}.tmp`);
      const handle = await this.#fs.open(path, 'wx+', 0o600);
      // Nameless from the start, where the system allows it: then a crash leaves nothing behind.
      const isNameless = await this.#fs.unlink(path).then(
        () => true,
        () => false,
      );
      this.#file = { path: isNameless ? null : path, handle };
    }
    return this.#file.handle;
  }
}

class KeptPart extends StoredLines {
  readonly #handle: FsHandle;

  constructor(index: LineIndex, order: RowOrder, handle: FsHandle) {
    super(index, order);
    this.#handle = handle;
  }

  async readInto(buffer: Buffer, offset: number, length: number, from: number): Promise<void> {
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.#handle.read(
        buffer,
        offset + done,
        length - done,
        from + done,
      );
      if (bytesRead === 0) throw new RangeError('a kept row is shorter than it was');
      done += bytesRead;
    }
  }
}
