import type { FsHandle } from '../storage/fs.ts';

const [NEWLINE, RETURN] = [0x0a, 0x0d];
const CHUNK_BYTES = 4096;

/** Says on which line each record starts, from the bytes that were read: a record may span lines. */
export class RecordLines {
  /** Where the last record ended, and the line there. */
  #offset: number;
  #line: number;
  /** The bytes from there on. */
  #ahead: Buffer = Buffer.alloc(0);
  #usesReturns: boolean | null = null;

  constructor(from: { readonly offset: number; readonly line: number }) {
    this.#offset = from.offset;
    this.#line = from.line;
  }

  push(bytes: Buffer): void {
    this.#ahead = this.#ahead.length === 0 ? bytes : Buffer.concat([this.#ahead, bytes]);
    // Files of old computers end lines by CR alone.
    if (this.#usesReturns === null && /[\r\n]/u.test(this.#ahead.toString('latin1')))
      this.#usesReturns = !this.#ahead.includes(NEWLINE);
  }

  /** The line on which the record that ends at `end` starts; blank lines before it are none of it. */
  upTo(end: number): number {
    const record = this.#ahead.subarray(0, end - this.#offset);
    let at = 0;
    let start = this.#line;
    while (at < record.length && (record[at] === NEWLINE || record[at] === RETURN)) {
      if (record[at] === this.#end) start += 1;
      at += 1;
    }
    this.#line = start + countOf(record.subarray(at), this.#end);
    this.#offset = end;
    this.#ahead = this.#ahead.subarray(record.length);
    return start;
  }

  /** The line of the record that comes next, and where the line behind that one begins. */
  async behindNextLine(
    handle: FsHandle,
  ): Promise<{ line: number; next: { offset: number; line: number } }> {
    let at = this.#offset;
    let line = this.#line;
    let isBlank = true;
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) return { line, next: { offset: at, line: line + 1 } };
      for (let index = 0; index < bytesRead; index += 1) {
        const byte = chunk[index];
        if (byte === this.#end) {
          if (!isBlank) return { line, next: { offset: at + index + 1, line: line + 1 } };
          line += 1;
        } else if (byte !== RETURN && byte !== NEWLINE) isBlank = false;
      }
      at += bytesRead;
    }
  }

  get #end(): number {
    return this.#usesReturns === true ? RETURN : NEWLINE;
  }
}

function countOf(bytes: Buffer, byte: number): number {
  let count = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) count += 1;
  return count;
}
