import { cancelled } from '../../core/errors.ts';
import type { Signal } from '../../core/ports.ts';
import type { Fs } from './fs.ts';

/** A longer line is never held in memory; its bytes are counted and dropped. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;
const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;

export interface ByteLine {
  /** Without the newline; empty when the line was over-long. Valid only until the callback returns. */
  readonly bytes: Buffer;
  /** 1-based. */
  readonly line: number;
  readonly byteOffset: number;
  /** Bytes of the line without its newline. */
  readonly length: number;
  readonly overlong: boolean;
  /** False for the rest after the last newline. */
  readonly terminated: boolean;
}

export interface ScanOptions {
  readonly fs: Fs;
  readonly signal?: Signal | undefined;
  /** Where to start; line numbers count from there. */
  readonly from?: number;
  readonly maxLineBytes?: number;
  /** Bytes of one read; whoever must not hold up others for long takes small ones. */
  readonly chunkBytes?: number | undefined;
  /** Return true to stop early. */
  readonly onLine: (line: ByteLine) => boolean;
}

/**
 * Walks a file's lines, split at byte 0x0A and nowhere else (text splitters also break at U+2028), in memory bounded
 * by the longest allowed line. Resolves to the offset after the last byte seen.
 */
export async function scanByteLines(path: string, options: ScanOptions): Promise<number> {
  const handle = await options.fs.open(path, 'r');
  try {
    const splitter = new LineSplitter(options);
    const chunk = Buffer.allocUnsafe(options.chunkBytes ?? CHUNK_BYTES);
    for (;;) {
      if (options.signal?.aborted === true) throw cancelled();
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, splitter.offset);
      if (bytesRead === 0) break;
      if (splitter.push(chunk.subarray(0, bytesRead))) return splitter.offset;
    }
    splitter.end();
    return splitter.offset;
  } finally {
    await handle.close();
  }
}

class LineSplitter {
  /** Offset in the file of the next byte to come. */
  offset: number;
  readonly #onLine: (line: ByteLine) => boolean;
  readonly #max: number;
  #parts: Buffer[] = [];
  #length = 0;
  #lineStart: number;
  #line = 1;

  constructor(options: ScanOptions) {
    this.offset = options.from ?? 0;
    this.#lineStart = this.offset;
    this.#onLine = options.onLine;
    this.#max = options.maxLineBytes ?? MAX_LINE_BYTES;
  }

  /** True when the callback asked to stop. */
  push(chunk: Buffer): boolean {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      const stop = this.#emit(chunk.subarray(start, end), true);
      start = end + 1;
      if (stop) {
        this.offset += start;
        return true;
      }
    }
    this.offset += chunk.length;
    this.#keep(chunk.subarray(start));
    return false;
  }

  end(): void {
    if (this.#length > 0) this.#emit(Buffer.alloc(0), false);
  }

  #keep(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#length += rest.length;
    // The chunk buffer is reused for the next read, so what is kept must be copied.
    if (this.#length <= this.#max) this.#parts.push(Buffer.from(rest));
    else this.#parts = [];
  }

  #emit(last: Buffer, terminated: boolean): boolean {
    const length = this.#length + last.length;
    const overlong = length > this.#max;
    const whole = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    const stop = this.#onLine({
      bytes: overlong ? Buffer.alloc(0) : whole,
      line: this.#line,
      byteOffset: this.#lineStart,
      length,
      overlong,
      terminated,
    });
    this.#line += 1;
    this.#lineStart += length + (terminated ? 1 : 0);
    this.#parts = [];
    this.#length = 0;
    return stop;
  }
}
