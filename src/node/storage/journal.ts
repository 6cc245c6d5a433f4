import { dirname } from 'node:path';
import type { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Clock } from '../../core/ports.ts';
import { MAX_LINE_BYTES } from './byteLines.ts';
import { nodeFs, type Fs, type FsHandle } from './fs.ts';
import { readJsonLines } from './jsonLines.ts';
import { isMissing, isObject, refuseNewer } from './readJournal.ts';
import { syncFolder } from './snapshot.ts';
import { STAMP_KEYS, sealRecord, type Stamped } from './stamp.ts';
import { storeError, translating } from './storeError.ts';
import { writeFully } from './writeFully.ts';

export type { Stamp, Stamped } from './stamp.ts';

export interface AppendOptions {
  readonly sync?: boolean;
  /** The record is dated no earlier than this (ms since the epoch), whatever this computer's clock says. */
  readonly notBefore?: number;
}

export interface Journal<T> {
  /**
   * Resolves when the record is in the file, with `sync` when it is on the disk. Calls keep their order; synced ones
   * that arrive together share one fdatasync. After a rejection the record counts as not written and the next append
   * starts a new line, so the journal goes on once the cause is gone.
   */
  append(payload: T, options?: AppendOptions): Promise<Stamped<T>>;
  /** Resolves when everything appended so far is on the disk. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface JournalOptions<T> {
  readonly schema: z.ZodType<T>;
  /** The writer's name; only one process at a time may own it (see writerSlot). */
  readonly writer: string;
  readonly clock: Clock;
  readonly fs?: Fs;
  /** Of the lock under which this run writes: readers refuse records of an older one that come after a newer. */
  readonly generation?: number;
}

/** Opens one writer's file for appending, creating it and its folder; numbers go on after the last one in it. */
export async function openJournal<T>(
  path: string,
  options: JournalOptions<T>,
): Promise<Journal<T>> {
  const fs = options.fs ?? nodeFs;
  const state = await lastState(path, options.writer, fs);
  if (options.generation !== undefined && options.generation < state.generation) {
    throw new AppError('lock.lost', sentence`Another process has taken over ${path}.`, {
      hint: sentence`Start the step again.`,
      detail: { path, generation: options.generation, newest: state.generation },
    });
  }
  const handle = await translating(path, async () => {
    await fs.mkdir(dirname(path));
    const opened = await fs.open(path, 'a', 0o644);
    if (state.isNew) await syncFolder(fs, dirname(path));
    return opened;
  });
  return new FileJournal(path, handle, options, state.nextSeq, state.endsMidLine);
}

interface FileState {
  readonly isNew: boolean;
  readonly nextSeq: number;
  readonly endsMidLine: boolean;
  readonly generation: number;
}

async function lastState(path: string, writer: string, fs: Fs): Promise<FileState> {
  let nextSeq = 0;
  let generation = 0;
  try {
    const summary = await readJsonLines(path, {
      fs,
      loneSurrogates: 'keep',
      onValue: (value, at) => {
        if (!isObject(value)) return;
        refuseNewer(value, path, at.line);
        if (value['writer'] !== writer) return;
        const { seq, gen } = value;
        if (typeof gen === 'number') generation = Math.max(generation, gen);
        // Damaged records count too: a number that was once given is never given again.
        if (typeof seq === 'number' && Number.isSafeInteger(seq)) {
          nextSeq = Math.max(nextSeq, seq + 1);
        }
      },
      onBad: () => undefined,
    });
    return { isNew: false, nextSeq, endsMidLine: summary.endsMidLine, generation };
  } catch (error) {
    if (!isMissing(error)) throw error;
    return { isNew: true, nextSeq: 0, endsMidLine: false, generation: 0 };
  }
}

interface Waiting {
  readonly bytes: Buffer;
  readonly sync: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

class FileJournal<T> implements Journal<T> {
  readonly #path: string;
  readonly #handle: FsHandle;
  readonly #options: JournalOptions<T>;
  #seq: number;
  #midLine: boolean;
  #queue: Waiting[] = [];
  #draining: Promise<void> | null = null;
  #closed = false;

  constructor(
    path: string,
    handle: FsHandle,
    options: JournalOptions<T>,
    seq: number,
    midLine: boolean,
  ) {
    this.#path = path;
    this.#handle = handle;
    this.#options = options;
    this.#seq = seq;
    this.#midLine = midLine;
  }

  async append(payload: T, options: AppendOptions = {}): Promise<Stamped<T>> {
    const { record, bytes } = this.#seal(payload, options.notBefore ?? 0);
    await this.#enqueue(bytes, options.sync === true);
    return record;
  }

  async flush(): Promise<void> {
    if (this.#closed) return;
    await this.#enqueue(Buffer.alloc(0), true);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#draining;
    await translating(this.#path, () => this.#handle.close());
  }

  #seal(payload: T, notBefore: number): { readonly record: Stamped<T>; readonly bytes: Buffer } {
    const { schema, writer, clock, generation } = this.#options;
    const parsed = schema.parse(payload);
    const reserved = Object.keys(isObject(parsed) ? parsed : {}).filter((key) =>
      STAMP_KEYS.has(key),
    );
    if (reserved.length > 0) {
      throw new AppError(
        'unexpected',
        sentence`A record may not have the fields ${reserved.join(', ')}.`,
      );
    }
    const seq = this.#seq;
    this.#seq += 1;
    const stamp = {
      v: 1 as const,
      writer,
      seq,
      at: new Date(Math.max(clock.now(), notBefore)).toISOString(),
      ...(generation === undefined ? {} : { gen: generation }),
    };
    const { line, sum } = sealRecord({ ...parsed, ...stamp });
    const bytes = Buffer.from(`${line}\n`, 'utf8');
    if (bytes.length > MAX_LINE_BYTES) {
      throw new AppError(
        'store.io',
        sentence`A record of ${bytes.length} bytes is too long to be kept.`,
        {
          hint: sentence`The limit is ${MAX_LINE_BYTES} bytes.`,
          detail: { path: this.#path, bytes: bytes.length },
        },
      );
    }
    return { record: { ...parsed, ...stamp, sum }, bytes };
  }

  #enqueue(bytes: Buffer, sync: boolean): Promise<void> {
    if (this.#closed) {
      return Promise.reject(new AppError('unexpected', sentence`${this.#path} is already closed.`));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ bytes, sync, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** One group after the other: write each record, then one fdatasync for those of the group that asked. */
  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#queue;
      this.#queue = [];
      const written: Waiting[] = [];
      for (const waiting of group) {
        try {
          await this.#write(waiting.bytes);
          written.push(waiting);
        } catch (error) {
          waiting.reject(storeError(error, this.#path));
        }
      }
      await this.#settle(written);
    }
    this.#draining = null;
  }

  async #settle(written: readonly Waiting[]): Promise<void> {
    try {
      await this.#refuseIfRemoved();
      for (const waiting of written) if (!waiting.sync) waiting.resolve();
      if (written.some((waiting) => waiting.sync)) await this.#handle.datasync();
      for (const waiting of written) waiting.resolve();
    } catch (error) {
      for (const waiting of written) waiting.reject(storeError(error, this.#path));
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    if (this.#midLine) await writeFully(this.#handle, Buffer.from('\n'));
    this.#midLine = false;
    let done = 0;
    try {
      await writeFully(this.#handle, bytes, (count) => (done += count));
    } finally {
      this.#midLine = done > 0 && done < bytes.length;
    }
  }

  /** A deleted or replaced file still takes writes through the open handle, and they would be lost unseen. */
  async #refuseIfRemoved(): Promise<void> {
    const { nlink } = await this.#handle.stat();
    if (nlink > 0) return;
    throw new AppError(
      'store.missing',
      sentence`${this.#path} was deleted or replaced while in use.`,
      {
        hint: sentence`Restore the folder, or start the step again.`,
        detail: { path: this.#path },
      },
    );
  }
}
