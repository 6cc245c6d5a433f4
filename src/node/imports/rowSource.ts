import { extname } from 'node:path';
import { AppError, cancelled, isAppError } from '../../core/errors.ts';
import type { Signal } from '../../core/ports.ts';
import { sentence, type Text } from '../../core/sentence.ts';
import { arrayElements, firstInk } from '../jsonArray.ts';
import type { Fs } from '../storage/fs.ts';
import { readJsonLines } from '../storage/jsonLines.ts';
import { parseLine } from '../storage/parseLine.ts';
import { translating } from '../storage/storeError.ts';
import { findRowList } from './jsonDocument.ts';

/** How rows stand in a file: a line each, in one JSON array, in a list of one JSON object, as CSV, as Parquet. */
export type DataLayout = 'lines' | 'array' | 'document' | 'csv' | 'parquet';

/** An array or a document is held in memory as a whole; all else is streamed and may be of any size. */
const MAX_ARRAY_BYTES = 256 * 1024 * 1024;
const HEAD_BYTES = 64 * 1024;
const [NEWLINE, OPEN_LIST, OPEN_OBJECT] = [0x0a, 0x5b, 0x7b];

export interface RowSource {
  readonly path: string;
  readonly fs: Fs;
  readonly signal: Signal | undefined;
  /** A row and its line; its number in a Parquet file. Return true to stop reading. */
  readonly onRow: (value: unknown, line: number) => boolean;
  readonly onBad: (line: number, field: string | null, reason: Text) => void;
  /** Bytes that are read, of how many. */
  readonly onRead?: (done: number, total: number) => void;
}

/** What stands beside the rows. */
export interface SourceFacts {
  /** Blank lines: counted, no error, no row. */
  readonly blank: number;
  /** The file says of itself that it is never to be trained on. */
  readonly canary: boolean;
}

/** How the rows stand in a file: by its name, else by its first bytes. */
export async function layoutOf(path: string, fs: Fs): Promise<DataLayout> {
  const { head, size } = await translating(path, () => headOf(path, fs));
  const extension = extname(path).toLowerCase();
  if (head.subarray(0, 4).toString('latin1') === 'PAR1' || extension === '.parquet')
    return 'parquet';
  if (extension === '.csv' || extension === '.tsv') return 'csv';
  const ink = head[firstInk(head)];
  if (ink === OPEN_LIST) return 'array';
  return ink === OPEN_OBJECT && isDocument(head, head.length === size, extension === '.json')
    ? 'document'
    : 'lines';
}

async function headOf(path: string, fs: Fs): Promise<{ head: Buffer; size: number }> {
  const handle = await fs.open(path, 'r');
  try {
    const bytes = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await handle.read(bytes, 0, HEAD_BYTES, 0);
    return { head: bytes.subarray(0, bytesRead), size: (await handle.stat()).size };
  } finally {
    await handle.close();
  }
}

/** Whether the first object is not over at the end of its line, or is all there is and holds a list of rows. */
function isDocument(head: Buffer, isWhole: boolean, isNamedJson: boolean): boolean {
  const end = head.indexOf(NEWLINE, firstInk(head));
  const line = head.subarray(0, end < 0 ? head.length : end);
  const isOnly = end < 0 ? isWhole || isNamedJson : isWhole && firstInk(head.subarray(end)) < 0;
  if (isOnly) return findRowList(head) !== null;
  return end >= 0 && !parseLine(line).ok && findRowList(head) !== null && isOpen(line);
}

/** Whether more braces are opened than closed. */
function isOpen(line: Buffer): boolean {
  const text = line.toString('utf8').replace(/"(?:[^"\\]|\\.)*"/gu, '');
  return text.replace(/[^{[]/gu, '').length > text.replace(/[^}\]]/gu, '').length;
}

/** Reads the rows of a file one after the other. Throws AppError for what cannot be read at all. */
export async function readRows(source: RowSource, layout: DataLayout): Promise<SourceFacts> {
  const { path, signal } = source;
  if (signal?.aborted === true) throw cancelled();
  switch (layout) {
    case 'lines':
      return { blank: await readLines(source), canary: false };
    case 'array':
    case 'document':
      return { blank: 0, canary: await translating(path, () => readWhole(source, layout)) };
    case 'csv': {
      const { onRead, fs } = source;
      const { size } = await translating(path, () => fs.stat(path));
      const { readCsvRows } = await import('./csvRows.ts');
      await translating(path, () =>
        readCsvRows(path, { ...source, onRead: (done) => onRead?.(done, size) }),
      );
      return { blank: 0, canary: false };
    }
    case 'parquet': {
      const { readParquetRows } = await import('./parquetRows.ts');
      await translating(path, () => readParquetRows(path, source));
      return { blank: 0, canary: false };
    }
  }
}

async function readLines({ path, fs, signal, onRow, onBad, onRead }: RowSource): Promise<number> {
  const { size } = await translating(path, () => fs.stat(path));
  const seen = { isStopped: false };
  const either: Signal = {
    get aborted() {
      return seen.isStopped || signal?.aborted === true;
    },
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  };
  try {
    const { blank } = await readJsonLines(path, {
      fs,
      signal: either,
      onValue: (value, { line, byteOffset }) => {
        if (seen.isStopped) return;
        onRead?.(byteOffset, size);
        seen.isStopped = onRow(value, line);
      },
      onBad: ({ line, reason }) => (seen.isStopped ? undefined : onBad(line, null, reason)),
    });
    return blank;
  } catch (error) {
    // Nobody asked to cancel: the reader was told that it is enough.
    if (seen.isStopped && signal?.aborted !== true && isAppError(error, 'cancelled')) return 0;
    throw error;
  }
}

/** True where the file asks never to be trained on. */
async function readWhole(source: RowSource, layout: 'array' | 'document'): Promise<boolean> {
  const { path, fs, signal, onRow, onBad, onRead } = source;
  const { size } = await fs.stat(path);
  if (size > MAX_ARRAY_BYTES) {
    throw new AppError('data.invalid', sentence`${path} is a JSON array of ${size} bytes.`, {
      hint: sentence`Write one JSON object on each line instead (JSON Lines): such files may be of any size.`,
      detail: { file: path, size },
    });
  }
  const data = await fs.readFile(path);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const list = layout === 'array' ? { bytes, line: 1 } : findRowList(bytes);
  if (list === null) {
    throw new AppError('data.invalid', sentence`${path} holds no list of rows.`, {
      hint: sentence`Write one JSON object on each line (JSON Lines), or one array of objects.`,
      detail: { file: path },
    });
  }
  const from = list.bytes.byteOffset - bytes.byteOffset;
  for (const element of arrayElements(list.bytes)) {
    if (signal?.aborted === true) throw cancelled();
    onRead?.(from + element.bytes.byteOffset - list.bytes.byteOffset, size);
    const line = element.line + list.line - 1;
    const parsed = parseLine(element.bytes);
    if (!parsed.ok) onBad(line, null, parsed.reason);
    else if (onRow(parsed.value, line)) break;
  }
  return bytes.subarray(0, from).includes('"canary"');
}
