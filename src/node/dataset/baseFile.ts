import { createHash } from 'node:crypto';
import type { RowOrder } from '../../core/dataset/rowOrder.ts';
import { AppError } from '../../core/errors.ts';
import type { Signal } from '../../core/ports.ts';
import { sentence, type Text } from '../../core/sentence.ts';
import { pacer } from '../review/pace.ts';
import type { Fs } from '../storage/fs.ts';
import { stampOf, WHOLE_BYTES, type FileStamp } from './fileStamp.ts';
import { changedBehind, HeldFile, isOf } from './heldFile.ts';
import { LineFinder, LineIndex } from './lineIndex.ts';
import { StoredLines } from './storedLines.ts';

const CHUNK = 1 << 20;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** Lines of a file that was written just now, so that nobody has to look for them. */
export interface KnownLines {
  readonly index: LineIndex;
  readonly order: RowOrder;
  readonly stamp: FileStamp;
  /** All its bytes, if it is small. */
  readonly whole: Buffer | null;
}

export interface BaseOptions {
  readonly known?: KnownLines | null;
  readonly wholeBytes?: number | undefined;
}

interface Facts {
  readonly stamp: FileStamp;
  readonly wholeBytes: number;
  readonly bom: number;
  readonly foreign: Text | null;
}

/** The file that rows are read from: as it was opened, or as it was last saved. Only what is asked for is read. */
export class BaseFile extends StoredLines {
  readonly path: string;
  /** Files up to this size are held in memory. */
  readonly wholeBytes: number;
  /** Bytes of the mark before the first line. */
  readonly bom: number;
  /** Why the bytes are no JSONL at all, and cannot be edited as such. */
  readonly foreign: Text | null;
  readonly #file: HeldFile;
  #stamp: FileStamp;
  #whole: Buffer | null = null;
  #complete = false;
  #finalNewline = true;
  #eol: '\n' | '\r\n' = '\n';
  #users = 0;
  #retired = false;

  private constructor(path: string, file: HeldFile, facts: Facts, known: KnownLines | null) {
    super(known?.index ?? new LineIndex(), known?.order ?? null);
    this.path = path;
    this.#file = file;
    this.#stamp = facts.stamp;
    this.#whole = known?.whole ?? null;
    this.wholeBytes = facts.wholeBytes;
    this.bom = facts.bom;
    this.foreign = facts.foreign;
  }

  /** Opens a file; its lines are not known before `readIndex`, unless they are given. */
  static async open(
    fs: Fs,
    path: string,
    { known = null, wholeBytes = WHOLE_BYTES }: BaseOptions = {},
  ): Promise<BaseFile> {
    const handle = await fs.open(path, 'r');
    try {
      const found = await handle.stat();
      if (!found.isFile()) {
        throw new AppError('data.invalid', sentence`${path} is no file.`, {
          hint: sentence`Choose a JSONL file.`,
        });
      }
      const stamp = known?.stamp ?? (await stampOf(handle, null));
      if (!isOf(found, stamp)) throw changedBehind(path);
      const head = Buffer.alloc(3);
      const { bytesRead } = await handle.read(head, 0, 3, 0);
      const bom = bytesRead === 3 && head.equals(BOM) ? 3 : 0;
      const facts = { stamp, wholeBytes, bom, foreign: foreignFormat(head.subarray(0, bytesRead)) };
      const file = new HeldFile(fs, path, handle, stamp);
      const base = new BaseFile(path, file, facts, known);
      if (known !== null) await base.#settle();
      if (base.#whole !== null) await file.release();
      return base;
    } catch (error) {
      await handle.close().catch(() => undefined);
      throw error;
    }
  }

  /** Tells this file from others; of a small one by all its bytes, once they have been read. */
  get stamp(): FileStamp {
    return this.#stamp;
  }

  get size(): number {
    return this.#stamp.size;
  }

  /** Whether all of it is held in memory, once it has been read: then nobody can spoil it. */
  get isSmall(): boolean {
    return this.size <= this.wholeBytes;
  }

  /** All its bytes, where they are held in memory. */
  get whole(): Buffer | null {
    return this.#whole;
  }

  /** False until every line start is known. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Share of the file whose lines are known. */
  get read(): number {
    return this.#complete ? 1 : Math.min(0.999, this.index.end / Math.max(1, this.size));
  }

  /** Whether the file ends with a line end; a new one does. */
  get finalNewline(): boolean {
    return this.#finalNewline;
  }

  /** How lines end here, by the first that does. */
  get eol(): '\n' | '\r\n' {
    return this.#eol;
  }

  /** Finds all lines. A small file is in memory afterwards: whoever writes over it takes nothing away from us. */
  async readIndex(signal: Signal, onChunk: () => void): Promise<void> {
    const pace = pacer(signal);
    const finder = new LineFinder(this.index, this.bom);
    const whole = this.isSmall ? Buffer.allocUnsafe(this.size) : null;
    const hash = createHash('sha256');
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, this.size)));
    for (let at = 0; at < this.size;) {
      const length = Math.min(chunk.length, this.size - at);
      await this.#file.read(chunk, 0, length, at);
      const bytes = chunk.subarray(0, length);
      if (whole !== null) {
        bytes.copy(whole, at);
        hash.update(bytes);
      }
      finder.push(at === 0 ? bytes.subarray(this.bom) : bytes);
      at += length;
      await pace();
      if (at < this.size) onChunk();
    }
    finder.end();
    // Lines found in a file that was being written to are the lines of nothing; one that grows is read as far as it was.
    if ((await this.#file.isSpoilt()) && !(await this.#file.hasOnlyGrown())) {
      throw changedBehind(this.path);
    }
    this.#whole = whole;
    // What is in memory is not read from the disk any more.
    if (whole !== null) await this.#file.release();
    if (whole !== null) this.#stamp = { ...this.#stamp, whole: hash.digest('hex') };
    await this.#settle();
    onChunk();
  }

  /** Learns how the lines end, once they are all known. */
  async #settle(): Promise<void> {
    if (this.lines > 0) {
      if ((await this.endOf(0)) === '\r\n') this.#eol = '\r\n';
      this.#finalNewline = (await this.endOf(this.lines - 1)) !== '';
    }
    this.#complete = true;
  }

  override async bytes(from: number, to: number): Promise<Buffer> {
    return this.#whole === null ? super.bytes(from, to) : this.#whole.subarray(from, to);
  }

  async readInto(buffer: Buffer, offset: number, length: number, from: number): Promise<void> {
    if (this.#whole === null) await this.#file.read(buffer, offset, length, from);
    else this.#whole.copy(buffer, offset, from, from + length);
  }

  /** Whether the open file was written to behind our back, so that what is not in memory can no longer be read. */
  async isSpoilt(): Promise<boolean> {
    return this.#whole === null && (await this.#file.isSpoilt());
  }

  /** Runs reads while the file is surely open, even if another one takes its place meanwhile. */
  override async using<T>(work: () => Promise<T>): Promise<T> {
    this.#users += 1;
    try {
      return await work();
    } finally {
      this.#users -= 1;
      if (this.#retired && this.#users === 0) await this.#file.close();
    }
  }

  /** Closes the file as soon as nobody reads it. */
  async retire(): Promise<void> {
    if (this.#retired) return;
    this.#retired = true;
    if (this.#users === 0) await this.#file.close();
  }

  /** Closes the file until it is read again. */
  async release(): Promise<void> {
    await this.#file.release();
  }
}

function foreignFormat(head: Buffer): Text | null {
  const [a, b] = head;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    return sentence`This file is UTF-16 text: save it as UTF-8 to edit it here.`;
  }
  if (a === 0x1f && b === 0x8b) {
    return sentence`This file is compressed (gzip): unpack it to edit it here.`;
  }
  return null;
}
