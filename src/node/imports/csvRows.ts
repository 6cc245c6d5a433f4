import { AppError } from '../../core/errors.ts';
import type { Signal } from '../../core/ports.ts';
import { sentence, type Text } from '../../core/sentence.ts';
import type { Fs, FsHandle } from '../storage/fs.ts';
import { foreignFormat } from '../storage/jsonLines.ts';
import { guessDelimiter } from './csvDelimiter.ts';
import { readCsvRecords } from './csvRecords.ts';

const HEAD_BYTES = 64 * 1024;
/** Each broken record makes the reader begin anew behind it; a file with more of them is no CSV. */
const MOST_BROKEN = 1000;

export interface CsvOptions {
  readonly fs: Fs;
  readonly signal: Signal | undefined;
  /** A row by the names of the header, and the line on which it starts. Return true to stop. */
  readonly onRow: (row: Readonly<Record<string, string>>, line: number) => boolean;
  readonly onBad: (line: number, field: string | null, reason: Text) => void;
  /** The offset behind what was read. */
  readonly onRead?: (bytes: number) => void;
}

/**
 * Reads a CSV file row by row: the first record names the fields; comma, semicolon, tab or bar between the cells; quotes,
 * line ends of every kind, a byte-order mark. A broken record is told by line and field and does not hide the rest.
 */
export async function readCsvRows(path: string, options: CsvOptions): Promise<void> {
  const handle = await options.fs.open(path, 'r');
  try {
    await readAll(path, handle, options);
  } finally {
    await handle.close();
  }
}

async function readAll(path: string, handle: FsHandle, options: CsvOptions): Promise<void> {
  const { onRow, onBad, onRead, signal } = options;
  const bytes = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await handle.read(bytes, 0, HEAD_BYTES, 0);
  const head = bytes.subarray(0, bytesRead);
  const foreign = foreignFormat(head);
  if (foreign !== null) {
    onBad(1, null, foreign);
    return;
  }
  const start = head.subarray(0, 3).toString('latin1') === '\u00ef\u00bb\u00bf' ? 3 : 0;
  const delimiter = guessDelimiter(head.subarray(start).toString('utf8'));
  const seen: { names: readonly string[] | null; isStopped: boolean } = {
    names: null,
    isStopped: false,
  };
  const onRecord = (cells: readonly string[], line: number, end: number): boolean => {
    onRead?.(end);
    const { names } = seen;
    if (names === null) {
      seen.names = headerOf(cells);
      return false;
    }
    const damaged = cells.findIndex((cell) => cell.includes('\ufffd'));
    if (cells.length > names.length) {
      onBad(line, null, sentence`has ${cells.length} cells where the header names ${names.length}`);
    } else if (damaged >= 0) {
      onBad(line, names[damaged] ?? null, sentence`is not valid UTF-8`);
    } else {
      seen.isStopped = onRow(rowOf(names, cells), line);
    }
    return seen.isStopped;
  };
  let from = { offset: start, line: 1 };
  for (let broken = 0; ; broken += 1) {
    const found = await readCsvRecords({ handle, delimiter, from, signal, onRecord });
    if (found === null || seen.isStopped) return;
    const { names } = seen;
    // A header that is broken names nothing.
    if (names === null || broken >= MOST_BROKEN) {
      throw new AppError('data.invalid', sentence`Line ${found.line} of ${path} ${found.reason}.`, {
        hint: sentence`Mend the quotation marks of the file, or write it as JSON Lines.`,
        detail: { file: path, line: found.line, column: found.column + 1 },
      });
    }
    onBad(found.line, nameAt(names, found.column), found.reason);
    from = found.next;
  }
}

const nameAt = (names: readonly string[], column: number): string =>
  names[column] ?? columnName(column);
const columnName = (column: number): string => `column ${column + 1}`;

/** Names for all cells: those without one get their place, and of equal ones all but the first. */
function headerOf(cells: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return cells.map((cell, column) => {
    const written = cell.trim();
    const name = written === '' || taken.has(written) ? columnName(column) : written;
    taken.add(name);
    return name;
  });
}

function rowOf(names: readonly string[], cells: readonly string[]): Record<string, string> {
  // From entries, so that a column named __proto__ is a field like any other.
  return Object.fromEntries(cells.map((cell, column) => [nameAt(names, column), cell]));
}
