import { createReadStream, writeSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rm, rmdir, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Question } from '../../core/dataset/question.ts';
import { placeOf } from '../../core/dataset/splits.ts';

const PREFIX = 'import-';
/** An import that is older is over, however it ended. */
const OLD_MS = 24 * 3600 * 1000;
const LINES_AT_ONCE = 500;
const NEWLINE = 0x0a;

/**
 * Questions that were read and wait for their file: on the disk, not in memory, so that a source may have any number of
 * them. Of each its place in a split stays, where one is made.
 */
export class QuestionSpool {
  readonly #folder: string;
  readonly #handle: FileHandle;
  readonly #seed: number | null;
  /** The folder of the spool's own, where it was not there before: an import leaves nothing beside its files. */
  readonly #made: string | null;
  #pending: string[] = [];
  #places = new Float64Array(1024);
  #count = 0;
  #equations = 0;
  #rationales = 0;

  private constructor(
    folder: string,
    handle: FileHandle,
    { seed, made }: { readonly seed: number | null; readonly made: string | null },
  ) {
    this.#folder = folder;
    this.#handle = handle;
    this.#seed = seed;
    this.#made = made;
  }

  /**
   * `place`: a folder on a real disk, beside the project's files; what an import that was killed left there is swept.
   * `seed`: of the split whose places are to be known; null for none.
   */
  static async open(place: string, seed: number | null): Promise<QuestionSpool> {
    const made = (await mkdir(place, { recursive: true })) !== undefined;
    await sweep(place);
    const folder = await mkdtemp(join(place, PREFIX));
    try {
      const handle = await open(join(folder, 'questions.jsonl'), 'wx');
      return new QuestionSpool(folder, handle, { seed, made: made ? place : null });
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get count(): number {
    return this.#count;
  }

  /** How many have each of these parts. */
  get having(): { readonly equation: number; readonly rationale: number } {
    return { equation: this.#equations, rationale: this.#rationales };
  }

  /** Places in [0, 1) in the order of the questions. */
  get places(): Float64Array {
    return this.#places.subarray(0, this.#seed === null ? 0 : this.#count);
  }

  /** A reader of rows waits for nobody: full pieces are written at once. */
  add(question: Question): void {
    if (this.#seed !== null) {
      if (this.#count === this.#places.length) {
        const larger = new Float64Array(this.#count * 2);
        larger.set(this.#places);
        this.#places = larger;
      }
      this.#places[this.#count] = placeOf(question.question, this.#seed);
    }
    this.#count += 1;
    if (question.equation !== undefined) this.#equations += 1;
    if (question.rationale !== undefined) this.#rationales += 1;
    this.#pending.push(`${JSON.stringify(question)}\n`);
    if (this.#pending.length >= LINES_AT_ONCE) this.#flush();
  }

  #flush(): void {
    const bytes = Buffer.from(this.#pending.join(''), 'utf8');
    this.#pending = [];
    for (let at = 0; at < bytes.length;) at += writeSync(this.#handle.fd, bytes, at);
  }

  /** The lines of the chosen questions, several at once, in their order. */
  async *lines(chosen: (index: number) => boolean): AsyncGenerator<Buffer> {
    this.#flush();
    let index = 0;
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of createReadStream(join(this.#folder, 'questions.jsonl'))) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError('a stream of bytes gives bytes');
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const kept: Buffer[] = [];
      let from = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
        if (chosen(index)) kept.push(bytes.subarray(from, end + 1));
        index += 1;
        from = end + 1;
      }
      rest = bytes.subarray(from);
      if (kept.length > 0) yield Buffer.concat(kept);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
    await rm(this.#folder, { recursive: true, force: true });
    // Something else may stand there by now.
    if (this.#made !== null) await rmdir(this.#made).catch(() => undefined);
  }
}

async function sweep(place: string): Promise<void> {
  for (const name of await readdir(place)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(place, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > OLD_MS) await rm(path, { recursive: true, force: true });
  }
}
