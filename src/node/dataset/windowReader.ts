import type { StoredLines } from './storedLines.ts';

/** Read at once where little is asked for: the next that is asked for follows it. */
const WINDOW = 512 * 1024;

/** Reads a store from its beginning to its end in small parts, with few calls to the disk. */
export class WindowReader {
  readonly #buffer = Buffer.allocUnsafe(WINDOW);
  #store: StoredLines | null = null;
  #from = 0;
  #length = 0;

  /** Fills a part of a buffer with the bytes of a store from a place on. */
  async readInto(
    store: StoredLines,
    buffer: Buffer,
    offset: number,
    length: number,
    from: number,
  ): Promise<void> {
    if (length >= WINDOW) {
      await store.readInto(buffer, offset, length, from);
      return;
    }
    const isHere =
      store === this.#store && from >= this.#from && from + length <= this.#from + this.#length;
    if (!isHere) {
      this.#store = null;
      // Never less than was asked for: what is before the first line of a file without lines lies behind its end.
      const window = Math.max(length, Math.min(WINDOW, store.index.end - from));
      await store.readInto(this.#buffer, 0, window, from);
      this.#store = store;
      this.#from = from;
      this.#length = window;
    }
    const start = from - this.#from;
    this.#buffer.copy(buffer, offset, start, start + length);
  }
}
