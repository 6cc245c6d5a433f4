import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { RowOrder, type Run } from '../../core/dataset/rowOrder.ts';
import type { Fs, FsHandle } from '../storage/fs.ts';
import { writeFully } from '../storage/writeFully.ts';
import type { BaseFile } from './baseFile.ts';
import { LineIndex } from './lineIndex.ts';
import { StoredLines } from './storedLines.ts';
import { WindowReader } from './windowReader.ts';

const CHUNK = 1 << 20;

/**
 * Rows that a save has taken out of the file and that an undo may bring back: a file of their own beside the journal,
 * which goes when the document is closed.
 */
export class KeptRows {
  readonly #fs: Fs;
  readonly #folder: string;
  readonly #files: { readonly path: string | null; readonly handle: FsHandle }[] = [];
  /** Where the next rows go; null: into a file that is yet to be made. */
  #current: FsHandle | null = null;
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
    const handle = this.#current ?? (await this.#open());
    // Not to be written to any further should anything fail before the end.
    this.#current = null;
    const index = new LineIndex();
    const out = new BufferedWriter(handle);
    for (const run of runs) {
      for (const { run: part, line } of store.partsOf(run)) {
        if (line === null) throw new RangeError('only rows of the store can be kept');
        const from = store.index.startOf(line);
        await out.copy(store, from, store.index.startOf(line + part.count));
        index.copy(store.index, line, part.count, this.#size - from);
        this.#size = index.end;
        if (line + part.count < store.lines) continue;
        if ((await store.endOf(line + part.count - 1)) !== '') continue;
        await out.write(Buffer.from(eol));
        index.extend(eol.length);
        this.#size = index.end;
      }
    }
    await out.flush();
    this.#current = handle;
    this.#parts.unshift(new KeptPart(index, RowOrder.of(runs), handle));
  }

  /** Keeps a whole file open instead, where its rows cannot be copied. */
  adopt(base: BaseFile): void {
    this.#parts.unshift(base);
    this.#adopted.push(base);
  }

  async close(): Promise<void> {
    this.#parts.length = 0;
    this.#current = null;
    for (const base of this.#adopted.splice(0)) await base.retire();
    for (const { path, handle } of this.#files.splice(0)) {
      await handle.close().catch(() => undefined);
      if (path !== null) await this.#fs.unlink(path).catch(() => undefined);
    }
  }

  async #open(): Promise<FsHandle> {
    await this.#fs.mkdir(this.#folder);
    const path = join(this.#folder, `kept.${randomBytes(6).toString('hex')}.tmp`);
    const handle = await this.#fs.open(path, 'wx+', 0o600);
    // Nameless from the start, where the system allows it: then a crash leaves nothing behind.
    const isNameless = await this.#fs.unlink(path).then(
      () => true,
      () => false,
    );
    this.#files.push({ path: isNameless ? null : path, handle });
    this.#size = 0;
    return handle;
  }
}

/** Collects what is written: rows are short, and calls to the disk are not. */
class BufferedWriter {
  readonly #handle: FsHandle;
  readonly #reader = new WindowReader();
  readonly #buffer = Buffer.allocUnsafe(CHUNK);
  #used = 0;

  constructor(handle: FsHandle) {
    this.#handle = handle;
  }

  async copy(store: StoredLines, from: number, to: number): Promise<void> {
    for (let at = from; at < to;) {
      const length = Math.min(CHUNK - this.#used, to - at);
      await this.#reader.readInto(store, this.#buffer, this.#used, length, at);
      this.#used += length;
      at += length;
      if (this.#used === CHUNK) await this.flush();
    }
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.#used + bytes.length > CHUNK) await this.flush();
    bytes.copy(this.#buffer, this.#used);
    this.#used += bytes.length;
  }

  async flush(): Promise<void> {
    await writeFully(this.#handle, this.#buffer.subarray(0, this.#used));
    this.#used = 0;
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
