import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Clock, Signal } from '../../core/ports.ts';
import { MAX_LINE_BYTES, scanByteLines } from './byteLines.ts';
import { nodeFs, type Fs } from './fs.ts';
import { storeError, systemCode } from './storeError.ts';

export interface TailedLine {
  /** Without newline and CR. A line over 16 MB, or not UTF-8, comes with replacement characters and parses as nothing. */
  readonly line: string;
  readonly byteOffset: number;
  /** Where to go on after this line (`from` of a later call). */
  readonly nextOffset: number;
}

export interface TailOptions {
  readonly signal: Signal;
  readonly clock: Clock;
  readonly pollMs: number;
  readonly fs?: Fs;
  /** Byte offset of a line's start; 0 by default. */
  readonly from?: number;
}

/**
 * Follows a growing file and yields each line once it has its newline; an unfinished last line is held back. Waits for
 * a file that does not exist yet. After the signal aborts it reads once more, so nothing already written is missed,
 * and ends. A file that became shorter is `store.stale`.
 */
export async function* tailLines(path: string, options: TailOptions): AsyncGenerator<TailedLine> {
  const fs = options.fs ?? nodeFs;
  let offset = options.from ?? 0;
  for (;;) {
    const last = options.signal.aborted;
    const batch = await readNew(fs, path, offset);
    for (const line of batch) {
      offset = line.nextOffset;
      yield line;
    }
    if (batch.length >= BATCH_LINES) continue;
    if (last) return;
    await options.clock.sleep(options.pollMs, options.signal).catch(() => undefined);
  }
}

/** Lines are handed on in batches, so that following a large file from its start needs little memory. */
const BATCH_LINES = 1_000;

async function readNew(fs: Fs, path: string, offset: number): Promise<TailedLine[]> {
  const lines: TailedLine[] = [];
  try {
    const { size } = await fs.stat(path);
    if (size < offset) {
      throw new AppError('store.stale', sentence`${path} became shorter while it was followed.`, {
        hint: sentence`It was replaced: open it again from its start.`,
        detail: { path, size, offset },
      });
    }
    if (size === offset) return lines;
    await scanByteLines(path, {
      fs,
      from: offset,
      maxLineBytes: MAX_LINE_BYTES,
      onLine: ({ bytes, byteOffset, length, overlong, terminated }) => {
        if (!terminated) return true;
        const line = overlong ? '\ufffd' : bytes.toString('utf8').replace(/\r$/u, '');
        lines.push({ line, byteOffset, nextOffset: byteOffset + length + 1 });
        return lines.length >= BATCH_LINES;
      },
    });
  } catch (error) {
    if (systemCode(error) === 'ENOENT' && offset === 0) return lines;
    throw storeError(error, path);
  }
  return lines;
}
