import { AppError } from '../core/errors.ts';
import type { Report, Signal } from '../core/ports.ts';
import { sentence } from '../core/sentence.ts';
import {
  guessFormat,
  ImportCollector,
  type DataFormat,
  type ImportResult,
} from '../core/dataset/importers.ts';
import { layoutOf, readRows, type DataLayout } from './imports/rowSource.ts';
import { nodeFs, type Fs } from './storage/fs.ts';

export interface ImportFileOptions {
  /** Guessed from the first rows when absent. */
  readonly format?: DataFormat;
  /** Told by the file's name and first bytes when absent. */
  readonly layout?: DataLayout;
  readonly signal?: Signal;
  readonly report?: Report;
  readonly fs?: Fs;
}

export interface FileImport extends ImportResult {
  readonly file: string;
  /** Null for a file without a row. */
  readonly format: DataFormat | null;
  readonly layout: DataLayout;
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
}

/**
 * Imports a data file: JSON Lines, one JSON array, one JSON object with a list of rows, CSV or Parquet. A bad row never
 * hides the rest. Throws AppError for a file that cannot be opened, or whose fields cannot be told.
 */
export async function importFile(
  path: string,
  { format, layout: named, signal, report, fs = nodeFs }: ImportFileOptions = {},
): Promise<FileImport> {
  const sink = new RowSink(path, format);
  const layout = named ?? (await layoutOf(path, fs));
  const onRead = throttled(report);
  const { blank, canary } = await readRows(
    {
      path,
      fs,
      signal,
      onRow: (value, line) => {
        sink.add(value, line);
        return false;
      },
      onBad: (line, field, reason) => sink.collector.addBad({ line, field, reason }),
      ...(onRead === null ? {} : { onRead }),
    },
    layout,
  );
  if (canary) {
    sink.collector.note({
      line: 1,
      field: 'canary',
      note: sentence`asks that these rows are never trained on: use them for dev or test questions`,
    });
  }
  return { ...sink.collector.result(), file: path, format: sink.format, layout, blank };
}

/** Tells of every hundredth part that was read. */
function throttled(report: Report | undefined): ((done: number, total: number) => void) | null {
  if (!report) return null;
  let told = -1;
  return (done, total) => {
    const part = total === 0 ? 100 : Math.floor((done / total) * 100);
    if (part === told) return;
    told = part;
    report({ stage: sentence`Reading`, done: part, total: 100, etaMs: null });
  };
}
