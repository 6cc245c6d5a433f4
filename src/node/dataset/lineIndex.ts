const SHIFT = 16;
const BLOCK = 1 << SHIFT;
const WRAP = 2 ** 32;

/**
 * Where the lines of a file start. Four bytes a line whatever the size of the file: starts are kept modulo 4 GB, and
 * the few lines at which they pass another 4 GB are kept beside.
 */
export class LineIndex {
  readonly #blocks: Uint32Array[] = [];
  readonly #wraps: number[] = [];
  #lines = 0;
  #end = 0;

  /** Whole lines so far. */
  get lines(): number {
    return this.#lines;
  }

  /** After the last byte of the last line. */
  get end(): number {
    return this.#end;
  }

  /** Adds a line; lines come in order and leave no gap. */
  push(start: number, end: number): void {
    const low = start % WRAP;
    if (start >= WRAP) {
      while (this.#wraps.length < (start - low) / WRAP) this.#wraps.push(this.#lines);
    }
    const slot = this.#lines & (BLOCK - 1);
    let block = this.#blocks.at(-1);
    if (block === undefined || slot === 0) {
      block = new Uint32Array(BLOCK);
      this.#blocks.push(block);
    }
    block[slot] = low;
    this.#lines += 1;
    this.#end = end;
  }

  /** Adds lines of another index, moved by so many bytes. */
  copy(other: LineIndex, line: number, count: number, shift: number): void {
    let start = other.startOf(line);
    for (let next = line + 1; next <= line + count; next += 1) {
      const end = other.startOf(next);
      this.push(start + shift, end + shift);
      start = end;
    }
  }

  /** The last line has become longer. */
  extend(bytes: number): void {
    this.#end += bytes;
  }

  /** Where a line starts; of the line after the last one: the end. */
  startOf(line: number): number {
    if (line >= this.#lines) return this.#end;
    let base = 0;
    for (const first of this.#wraps) if (line >= first) base += WRAP;
    return base + (this.#blocks[line >>> SHIFT]?.[line & (BLOCK - 1)] ?? 0);
  }
}

const NEWLINE = 0x0a;

/** Finds lines in the bytes of a file as they pass, split at 0x0A and nowhere else. */
export class LineFinder {
  readonly #index: LineIndex;
  #start: number;
  #at: number;

  constructor(index: LineIndex, from: number) {
    this.#index = index;
    this.#start = from;
    this.#at = from;
  }

  push(bytes: Buffer): void {
    let found = bytes.indexOf(NEWLINE);
    while (found >= 0) {
      const end = this.#at + found + 1;
      this.#index.push(this.#start, end);
      this.#start = end;
      found = bytes.indexOf(NEWLINE, found + 1);
    }
    this.#at += bytes.length;
  }

  /** The file has ended: what follows the last newline is a line, too. */
  end(): void {
    if (this.#at > this.#start) this.#index.push(this.#start, this.#at);
    this.#start = this.#at;
  }
}
