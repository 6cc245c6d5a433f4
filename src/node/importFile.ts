import type { Report, Signal } from '../core/ports.ts';
import { sentence, type Text } from '../core/sentence.ts';
import { ImportCollector, type DataFormat, type ImportResult } from '../core/dataset/importers.ts';
import type { Question } from '../core/dataset/question.ts';
import { peekFile, unknownFields } from './imports/peekFile.ts';
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
  /** Gets each question as it is read: the result then holds none, and a source may be of any size. */
  readonly onQuestion?: (question: Question) => void;
}

export interface FileImport extends ImportResult {
  readonly file: string;
  /** Null for a file without a row. */
  readonly format: DataFormat | null;
  readonly layout: DataLayout;
  /** Blank lines: counted, no error, no row. */
  readonly blank: number;
}

/**
 * Imports a data file: JSON Lines, one JSON array, one JSON object with a list of rows, CSV or Parquet. A bad row never
 * hides the rest. Throws AppError for a file that cannot be opened, or whose fields cannot be told.
 */
export async function importFile(
  path: string,
  options: ImportFileOptions = {},
): Promise<FileImport> {
  const { signal, fs = nodeFs } = options;
  const asked = { fs, ...(signal ? { signal } : {}) };
  const peek = options.format
    ? null
    : await peekFile(path, { ...asked, ...(options.layout ? { layout: options.layout } : {}) });
  const layout = options.layout ?? peek?.layout ?? (await layoutOf(path, fs));
  const format = options.format ?? peek?.guess?.format ?? null;
  const collector = new ImportCollector(options.onQuestion);
  const onRow = (value: unknown, line: number): boolean => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      collector.addBad({ line, field: null, reason: sentence`is not a JSON object` });
    else if (format) collector.add(format, value, { line });
    else if (peek) throw unknownFields(path, peek);
    return false;
  };
  const onBad = (line: number, field: string | null, reason: Text): void =>
    collector.addBad({ line, field, reason });
  const onRead = throttled(options.report);
  const source = { path, fs, signal, onRow, onBad, ...(onRead ? { onRead } : {}) };
  const { blank, canary } = await readRows(source, layout);
  if (canary) {
    collector.note({
      line: 1,
      field: 'canary',
      note: sentence`asks that these rows are never trained on: use them for dev or test questions`,
    });
  }
  return { ...collector.result(), file: path, format, layout, blank };
}

/** A file of fewer bytes is read before anybody has seen how far it is. */
const TOLD_FROM_BYTES = 4_000_000;

/** Tells of every hundredth part that was read. */
function throttled(report: Report | undefined): ((done: number, total: number) => void) | null {
  if (!report) return null;
  let told = -1;
  return (done, total) => {
    const part = Math.floor((done / total) * 100);
    if (total < TOLD_FROM_BYTES || part === told) return;
    told = part;
    report({ stage: sentence`Reading`, done: part, total: 100, etaMs: null });
  };
}
