import { AppError, cancelled } from '../core/errors.ts';
import { sentence, type Text } from '../core/sentence.ts';
import type { Signal } from '../core/ports.ts';
import {
  guessFormat,
  ImportCollector,
  type DataFormat,
  type ImportResult,
} from '../core/dataset/importers.ts';
import { arrayElements, firstInk } from './jsonArray.ts';
import { nodeFs, type Fs } from './storage/fs.ts';
import { readJsonLines } from './storage/jsonLines.ts';
import { parseLine } from './storage/parseLine.ts';
import { translating } from './storage/storeError.ts';

/** An array is held in memory as a whole; JSON Lines are streamed and may be of any size. */
const MAX_ARRAY_BYTES = 256 * 1024 * 1024;
const HEAD_BYTES = 4096;

export interface ImportFileOptions {
  /** Guessed from the first row when absent. */
  readonly format?: DataFormat;
  readonly signal?: Signal;
  readonly fs?: Fs;
}

export interface FileImport extends ImportResult {
  readonly file: string;
  /** Null for a file without a row. */
  readonly format: DataFormat | null;
  readonly layout: 'lines' | 'array';
  /** Blank lines: counted, no error, no row. */
  readonly blank: number;
}

/** Feeds rows to the collector, and settles the format on the first object. */
class RowSink {
  readonly collector = new ImportCollector();
  readonly #file: string;
  format: DataFormat | null;

  constructor(file: string, format: DataFormat | undefined) {
    this.#file = file;
    this.format = format ?? null;
  }

  add(value: unknown, line: number): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.collector.addBad({ line, field: null, reason: sentence`is not a JSON object` });
      return;
    }
    this.format ??= guessFormat(value);
    if (this.format === null) {
      const fields = Object.keys(value).slice(0, 12).join(', ');
      throw new AppError(
        'data.invalid',
        sentence`Cannot tell which fields of ${this.#file} hold the question and the answer.`,
        {
          hint: sentence`Name them in a field mapping; line ${line} has: ${fields || sentence`no field`}.`,
          detail: { file: this.#file, line },
        },
      );
    }
    this.collector.add(this.format, value, { line });
  }

  addBad(line: number, reason: Text): void {
    this.collector.addBad({ line, field: null, reason });
  }
}

/**
 * Imports a data file: JSON Lines, or one JSON array, told apart by the first character. A bad row never hides the
 * rest. Throws AppError for a file that cannot be opened, or whose fields cannot be told.
 */
export async function importFile(
  path: string,
  { format, signal, fs = nodeFs }: ImportFileOptions = {},
): Promise<FileImport> {
  if (signal?.aborted === true) throw cancelled();
  const sink = new RowSink(path, format);
  const isArray = await translating(path, () => startsWithBracket(path, fs));
  let blank = 0;
  if (isArray) {
    await translating(path, () => readArray(path, fs, sink, signal));
  } else {
    const summary = await readJsonLines(path, {
      fs,
      ...(signal === undefined ? {} : { signal }),
      onValue: (value, { line }) => sink.add(value, line),
      onBad: ({ line, reason }) => sink.addBad(line, reason),
    });
    blank = summary.blank;
  }
  return {
    ...sink.collector.result(),
    file: path,
    format: sink.format,
    layout: isArray ? 'array' : 'lines',
    blank,
  };
}

async function startsWithBracket(path: string, fs: Fs): Promise<boolean> {
  const handle = await fs.open(path, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0);
    const filled = head.subarray(0, bytesRead);
    return filled[firstInk(filled)] === 0x5b;
  } finally {
    await handle.close();
  }
}

async function readArray(
  path: string,
  fs: Fs,
  sink: RowSink,
  signal: Signal | undefined,
): Promise<void> {
  const { size } = await fs.stat(path);
  if (size > MAX_ARRAY_BYTES) {
    throw new AppError('data.invalid', sentence`${path} is a JSON array of ${size} bytes.`, {
      hint: sentence`Write one JSON object on each line instead (JSON Lines): such files may be of any size.`,
      detail: { file: path, size },
    });
  }
  const data = await fs.readFile(path);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  for (const element of arrayElements(bytes)) {
    if (signal?.aborted === true) throw cancelled();
    const parsed = parseLine(element.bytes);
    if (parsed.ok) sink.add(parsed.value, element.line);
    else sink.addBad(element.line, parsed.reason);
  }
}
