import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { cancelled } from '../../core/errors.ts';
import type { Signal } from '../../core/ports.ts';
import { sentence, type Text } from '../../core/sentence.ts';
import type { FsHandle } from '../storage/fs.ts';
import { RecordLines } from './recordLines.ts';

/** A longer record is no row of a data set but a quote that is not closed. */
export const MAX_RECORD_BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES = 1 << 18;

/** A record that cannot be cut into cells, and where. */
export interface BrokenRecord {
  /** 1-based line on which it starts. */
  readonly line: number;
  /** 0-based cell. */
  readonly column: number;
  readonly reason: Text;
  /** Where the next line begins: the records from there on can be read by themselves. */
  readonly next: { readonly offset: number; readonly line: number };
}

export interface CsvPart {
  readonly handle: FsHandle;
  readonly delimiter: string;
  readonly from: { readonly offset: number; readonly line: number };
  readonly signal: Signal | undefined;
  /** The cells of a record, the line on which it starts and the offset behind it. Return true to stop. */
  readonly onRecord: (cells: readonly string[], line: number, end: number) => boolean;
}

/** Cells of a file's records up to its end (null) or to the first record that is broken. Blank lines are no records. */
export async function readCsvRecords(part: CsvPart): Promise<BrokenRecord | null> {
  const { handle, from, signal } = part;
  const lines = new RecordLines(from);
  let isStopped = false;
  const stopped = (): boolean => isStopped || signal?.aborted === true;
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = from.offset; !stopped();) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      const bytes = chunk.subarray(0, bytesRead);
      lines.push(bytes);
      yield bytes;
    }
  }
  const parser = parse({
    delimiter: part.delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_BYTES,
    on_record: (cells: string[], { bytes_records }) => {
      if (stopped()) return null;
      const end = from.offset + bytes_records;
      isStopped = part.onRecord(cells, lines.upTo(end), end);
      return null;
    },
  });
  // Nothing comes out of it: `on_record` has taken every record by then.
  parser.resume();
  try {
    await pipeline(Readable.from(chunks()), parser);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { column } = error;
    const { line, next } = await lines.behindNextLine(handle);
    return {
      line,
      column: typeof column === 'number' ? column : 0,
      reason: whatIsWrong(error.code),
      next,
    };
  }
  if (signal?.aborted === true) throw cancelled();
  return null;
}

function whatIsWrong(code: string): Text {
  switch (code) {
    case 'INVALID_OPENING_QUOTE':
      return sentence`has a quotation mark inside a cell that does not begin with one`;
    case 'CSV_INVALID_CLOSING_QUOTE':
      return sentence`has text behind the quotation mark that ends the cell; one inside is written twice`;
    case 'CSV_QUOTE_NOT_CLOSED':
      return sentence`begins with a quotation mark that is never closed`;
    case 'CSV_MAX_RECORD_SIZE':
      return sentence`is longer than ${MAX_RECORD_BYTES} bytes: perhaps a quotation mark is not closed`;
    default:
      return sentence`is not CSV (${code})`;
  }
}
