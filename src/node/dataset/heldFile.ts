import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { FileStat, Fs, FsHandle } from '../storage/fs.ts';
import { endsOf, type FileStamp } from './fileStamp.ts';

/** A file that is read in parts; it can be let go of for a while, and is then opened again when it is read. */
export class HeldFile {
  readonly #fs: Fs;
  readonly #path: string;
  readonly #stamp: FileStamp;
  #handle: Promise<FsHandle> | null;
  #closed = false;

  constructor(fs: Fs, path: string, handle: FsHandle, stamp: FileStamp) {
    this.#fs = fs;
    this.#path = path;
    this.#stamp = stamp;
    this.#handle = Promise.resolve(handle);
  }

  /** Fills a part of a buffer; a file that has become shorter is another one. */
  async read(buffer: Buffer, offset: number, length: number, from: number): Promise<void> {
    const handle = await this.#open();
    let done = 0;
    while (done < length) {
      const left = length - done;
      const { bytesRead } = await handle.read(buffer, offset + done, left, from + done);
      if (bytesRead === 0) throw changedBehind(this.#path);
      done += bytesRead;
    }
  }

  /** Whether it was written to since it was opened. */
  async isSpoilt(): Promise<boolean> {
    return !isOf(await (await this.#open()).stat(), this.#stamp);
  }

  /** Whether all that happened to it is that more was added to its end, by all that its ends tell. */
  async hasOnlyGrown(): Promise<boolean> {
    const { size, ino, ends } = this.#stamp;
    const handle = await this.#open();
    const found = await handle.stat();
    return found.ino === ino && found.size >= size && (await endsOf(handle, size)) === ends;
  }

  /** Closes it until it is read again: some systems let nobody replace an open file. */
  async release(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await (await handle)?.close().catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.release();
  }

  #open(): Promise<FsHandle> {
    if (this.#handle !== null) return this.#handle;
    const opened = this.#reopen();
    this.#handle = opened;
    opened.catch(() => {
      if (this.#handle === opened) this.#handle = null;
    });
    return opened;
  }

  async #reopen(): Promise<FsHandle> {
    if (this.#closed) throw changedBehind(this.#path);
    const handle = await this.#fs.open(this.#path, 'r');
    if (isOf(await handle.stat(), this.#stamp)) return handle;
    await handle.close();
    throw changedBehind(this.#path);
  }
}

/** Whether a file on the disk is the one that a stamp is of, by its size, time and number. */
export function isOf(found: FileStat, { size, mtimeMs, ino }: FileStamp): boolean {
  return found.size === size && found.mtimeMs === mtimeMs && found.ino === ino;
}

/** The file is not what was opened. */
export function changedBehind(path: string): AppError {
  return new AppError('store.stale', sentence`${path} was changed by another program.`, {
    hint: sentence`Read it anew, or save what you have under another name.`,
    detail: { path },
  });
}
