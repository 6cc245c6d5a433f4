import type { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { nodeFs, type Fs } from './fs.ts';
import { readJsonLines, type BadLine } from './jsonLines.ts';
import { isMissing, JournalIntake } from './readJournal.ts';
import type { Stamped } from './stamp.ts';
import { storeError, systemCode } from './storeError.ts';

/** What a journal holds that the last look did not see. */
export interface JournalGain<T> {
  /** In file order. */
  readonly records: readonly Stamped<T>[];
  readonly quarantined: readonly BadLine[];
  /** The file was replaced, cut or edited: `records` are all it has now, and what was read before counts no more. */
  readonly restarted: boolean;
}

/** Read at once: a few milliseconds' work, so that others get their turn while a large file is read. */
const CHUNK_BYTES = 128 * 1024;

/** Handed on at once: what is done with them holds up the reading. */
const PIECE_RECORDS = 64;

/** So many bytes before the place reached tell a grown file from another one of the same name. */
const FINGER_BYTES = 64;

interface Place {
  readonly ino: number;
  readonly byteOffset: number;
  readonly line: number;
  /** The bytes just before the place. */
  readonly finger: Buffer;
  /** Of a file that held nothing behind the place; null when it did. */
  readonly mtimeMs: number | null;
}

const NOTHING = { records: [], quarantined: [], restarted: false };

/** Follows one journal that others append to: each look reads only what is new, and notices a replaced file. */
export class JournalReader<T> {
  readonly #path: string;
  readonly #schema: z.ZodType<T>;
  readonly #fs: Fs;
  #intake: JournalIntake<T>;
  #place: Place | null = null;

  constructor(path: string, schema: z.ZodType<T>, options: { readonly fs?: Fs } = {}) {
    this.#path = path;
    this.#schema = schema;
    this.#fs = options.fs ?? nodeFs;
    this.#intake = new JournalIntake(path, schema);
  }

  /**
   * What has come since the last look; a file that went away restarts with nothing. With `onPiece`, a first look hands
   * records on while it reads and keeps none of them: the gain holds the rest.
   */
  async look(onPiece?: (records: readonly Stamped<T>[]) => void): Promise<JournalGain<T>> {
    const now = await this.#stat();
    const before = this.#place;
    if (now === null) {
      if (before === null) return NOTHING;
      this.#forget();
      return { ...NOTHING, restarted: true };
    }
    if (before === null) return this.#read(null, onPiece);
    const restarted = await this.#isAnother(before, now);
    if (restarted) this.#forget();
    else if (now.size === before.byteOffset) return NOTHING;
    return { ...(await this.#read(restarted ? null : before)), restarted };
  }

  #forget(): void {
    this.#place = null;
    this.#intake = new JournalIntake(this.#path, this.#schema);
  }

  async #isAnother(
    before: Place,
    now: { readonly ino: number; readonly size: number; readonly mtimeMs: number },
  ): Promise<boolean> {
    if (now.ino !== before.ino || now.size < before.byteOffset) return true;
    if (now.size === before.byteOffset) {
      return before.mtimeMs !== null && before.mtimeMs !== now.mtimeMs;
    }
    const finger = await this.#bytesBefore(before.byteOffset);
    return !finger.equals(before.finger);
  }

  async #read(
    from: Place | null,
    onPiece?: (records: readonly Stamped<T>[]) => void,
  ): Promise<JournalGain<T>> {
    const quarantined: BadLine[] = [];
    // The last line counts when its newline is there: until then it may still be growing.
    let unfinished = 0;
    const options = {
      fs: this.#fs,
      loneSurrogates: 'keep' as const,
      chunkBytes: CHUNK_BYTES,
      ...(from === null ? {} : { from: { byteOffset: from.byteOffset, line: from.line } }),
    };
    try {
      const summary = await readJsonLines(this.#path, {
        ...options,
        onValue: (value, at) => {
          if (!at.terminated) {
            unfinished = at.bytes.length;
            return;
          }
          const reason = this.#intake.accept(value, at);
          if (onPiece && this.#intake.waiting >= PIECE_RECORDS) onPiece(this.#intake.take());
          if (reason === null) return;
          quarantined.push({ file: this.#path, line: at.line, byteOffset: at.byteOffset, reason });
        },
        onBad: (line) => quarantined.push(line),
        onTornTail: ({ length }) => {
          unfinished = length;
        },
      });
      const byteOffset = summary.endOffset - unfinished;
      const line = (from?.line ?? 1) + summary.lines - (unfinished > 0 ? 1 : 0);
      await this.#mark(byteOffset, line);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    return { records: this.#intake.take(), quarantined, restarted: false };
  }

  async #mark(byteOffset: number, line: number): Promise<void> {
    const now = await this.#stat();
    if (now === null) return;
    const finger = await this.#bytesBefore(byteOffset);
    const mtimeMs = now.size === byteOffset ? now.mtimeMs : null;
    this.#place = { ino: now.ino, byteOffset, line, finger, mtimeMs };
  }

  async #stat(): Promise<{ ino: number; size: number; mtimeMs: number } | null> {
    try {
      return await this.#fs.stat(this.#path);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw storeError(error, this.#path);
    }
  }

  async #bytesBefore(byteOffset: number): Promise<Buffer> {
    const length = Math.min(FINGER_BYTES, byteOffset);
    const bytes = Buffer.alloc(length);
    if (length === 0) return bytes;
    try {
      const handle = await this.#fs.open(this.#path, 'r');
      try {
        const { bytesRead } = await handle.read(bytes, 0, length, byteOffset - length);
        return bytes.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    } catch (error) {
      const failure = storeError(error, this.#path);
      if (failure instanceof AppError && isMissing(failure)) return Buffer.alloc(0);
      throw failure;
    }
  }
}
