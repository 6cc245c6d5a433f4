import * as zlib from 'node:zlib';
import {
  parquetMetadataAsync,
  parquetReadObjects,
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
} from 'hyparquet';
import { AppError, cancelled, isAppError } from '../../core/errors.ts';
import type { Signal } from '../../core/ports.ts';
import { sentence } from '../../core/sentence.ts';
import type { Fs, FsHandle } from '../storage/fs.ts';

/** Rows that are held at once; the columns of one row group are unpacked together. */
const ROWS_AT_ONCE = 100_000;
/** The first piece is small: whoever only looks needs no more. */
const FIRST_ROWS = 1000;

export interface ParquetOptions {
  readonly fs: Fs;
  readonly signal: Signal | undefined;
  /** A row, and its 1-based number. Return true to stop. */
  readonly onRow: (row: unknown, number: number) => boolean;
  /** About how many bytes are read, of how many. */
  readonly onRead?: (done: number, total: number) => void;
  /** What unpacks columns; what this Node can by default. */
  readonly unpack?: Unpack;
}

/** What of Node's zlib unpacks columns; the last one is there since Node 22.15. */
export type Unpack = Pick<typeof zlib, 'gunzipSync' | 'brotliDecompressSync'> &
  Partial<Pick<typeof zlib, 'zstdDecompressSync'>>;

/** Columns that are stored packed: Snappy is the reader's own, these are Node's. */
function compressorsOf(unpack: Unpack): Compressors {
  const { gunzipSync, brotliDecompressSync, zstdDecompressSync } = unpack;
  return {
    GZIP: (packed, length) => plain(gunzipSync(packed, { maxOutputLength: length })),
    BROTLI: (packed, length) => plain(brotliDecompressSync(packed, { maxOutputLength: length })),
    ...(zstdDecompressSync === undefined
      ? {}
      : {
          ZSTD: (packed, length) => plain(zstdDecompressSync(packed, { maxOutputLength: length })),
        }),
  };
}
const plain = ({ buffer, byteOffset, length }: Buffer): Uint8Array =>
  new Uint8Array(buffer, byteOffset, length);

/** Reads a Parquet file in pieces of some thousand rows, lists and structures as they are nested in it. */
export async function readParquetRows(path: string, options: ParquetOptions): Promise<void> {
  const handle = await options.fs.open(path, 'r');
  try {
    await readAll(handle, (await handle.stat()).size, { path, ...options });
  } catch (error) {
    if (isAppError(error) || isSystemError(error)) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw new AppError('data.invalid', sentence`${path} cannot be read as Parquet: ${said}.`, {
      hint: sentence`Check that the file is whole, or write it as JSON Lines.`,
      detail: { file: path },
      cause: error,
    });
  } finally {
    await handle.close();
  }
}

const isSystemError = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && 'code' in error;

async function readAll(
  handle: FsHandle,
  size: number,
  options: ParquetOptions & { readonly path: string },
): Promise<void> {
  const { path, onRow, onRead, signal, unpack = zlib } = options;
  const compressors = compressorsOf(unpack);
  const file: AsyncBuffer = {
    byteLength: size,
    slice: (start, end) => slice(handle, start, end ?? size),
  };
  const metadata = await parquetMetadataAsync(file);
  if (compressors.ZSTD === undefined && isZstandard(metadata)) throw tooOldFor(path);
  const total = Number(metadata.num_rows);
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows);
    let rowStart = groupStart;
    while (rowStart < groupEnd) {
      if (signal?.aborted === true) throw cancelled();
      const most = rowStart === 0 ? FIRST_ROWS : ROWS_AT_ONCE;
      const rowEnd = Math.min(groupEnd, rowStart + most);
      const rows = await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors });
      for (const [index, row] of rows.entries()) {
        if (onRow(jsonOf(row), rowStart + index + 1)) return;
      }
      onRead?.(Math.floor((size * rowEnd) / total), size);
      rowStart = rowEnd;
    }
    groupStart = groupEnd;
  }
}

const isZstandard = ({ row_groups: groups }: FileMetaData): boolean =>
  groups.some(({ columns }) => columns.some(({ meta_data: column }) => column?.codec === 'ZSTD'));

function tooOldFor(path: string): AppError {
  const { node, electron } = process.versions;
  return new AppError(
    'data.invalid',
    sentence`${path} is packed by Zstandard, which the Node ${node} of this program cannot unpack: it is older than 22.15.`,
    {
      hint:
        electron === undefined
          ? sentence`Import it with Node 22.15 or newer, or write the file anew packed by Snappy or gzip, or as JSON Lines.`
          : sentence`Bring VS Code up to date, import it in a terminal with Node 22.15 or newer, or write the file anew packed by Snappy or gzip.`,
      detail: { file: path, node },
    },
  );
}

async function slice(handle: FsHandle, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(end - start);
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.buffer;
}

/** A value as JSON would hold it: whole numbers that fit, longer ones as text; pictures and the like are nothing. */
function jsonOf(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return null;
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, jsonOf(below)]));
}
