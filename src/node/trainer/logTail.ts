import { open, type FileHandle } from 'node:fs/promises';
import { storeError, systemCode } from '../storage/storeError.ts';

/** More than 40 lines of any sane log; a flood of output is never read as a whole. */
const MAX_TAIL_BYTES = 64 * 1024;
const MAX_LINE_CHARACTERS = 2000;

/** The last `lines` lines that a log holds behind byte `from`; control characters are made visible. */
export async function readLogTail(path: string, from: number, lines = 40): Promise<string[]> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw storeError(error, path);
  }
  try {
    const { size } = await handle.stat();
    const start = Math.max(Math.min(from, size), size - MAX_TAIL_BYTES);
    const buffer = Buffer.alloc(size - start);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
    // A lone CR is how progress bars overwrite themselves.
    const all = buffer.toString('utf8', 0, bytesRead).split(/\r\n|\n|\r/u);
    if (all.at(-1) === '') all.pop();
    return all.slice(-lines).map(visible);
  } finally {
    await handle.close();
  }
}

/** Escapes what would move a terminal's cursor or turn the reading direction. */
function visible(line: string): string {
  return line
    .slice(0, MAX_LINE_CHARACTERS)
    .replace(
      /(?!\t)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
