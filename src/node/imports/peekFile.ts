import { AppError } from '../../core/errors.ts';
import type { Signal } from '../../core/ports.ts';
import { sentence } from '../../core/sentence.ts';
import { GUESSED_FROM } from '../../core/dataset/guessMapping.ts';
import { guessFormat, type FormatGuess } from '../../core/dataset/importers.ts';
import { nodeFs, type Fs } from '../storage/fs.ts';
import { layoutOf, readRows, type DataLayout } from './rowSource.ts';

export interface PeekOptions {
  /** Told by the file's name and first bytes when absent. */
  readonly layout?: DataLayout;
  readonly signal?: Signal;
  readonly fs?: Fs;
}

/** What the beginning of a data file shows. */
export interface Peek {
  readonly layout: DataLayout;
  /** The first objects of the file. */
  readonly rows: readonly unknown[];
  /** 1-based line, or number, of the first of them. */
  readonly firstLine: number | null;
  /** Null where the fields cannot be told. */
  readonly guess: FormatGuess | null;
}

/** Looks at the first rows of a data file, and guesses its format from them. */
export async function peekFile(
  path: string,
  { layout: named, signal, fs = nodeFs }: PeekOptions = {},
): Promise<Peek> {
  const layout = named ?? (await layoutOf(path, fs));
  const rows: unknown[] = [];
  let firstLine: number | null = null;
  const onRow = (value: unknown, line: number): boolean => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    firstLine ??= line;
    return rows.push(value) >= GUESSED_FROM;
  };
  await readRows({ path, fs, signal, onRow, onBad: () => undefined }, layout);
  return { layout, rows, firstLine, guess: guessFormat(rows) };
}

/** The refusal of a file whose fields cannot be told. */
export function unknownFields(path: string, { rows, firstLine, layout }: Peek): AppError {
  const fields = Object.keys(rows[0] ?? {})
    .slice(0, 12)
    .join(', ');
  const there = fields || sentence`no field`;
  const place =
    layout === 'parquet'
      ? sentence`row ${firstLine ?? 1} has: ${there}`
      : sentence`line ${firstLine ?? 1} has: ${there}`;
  return new AppError(
    'data.invalid',
    sentence`Cannot tell which fields of ${path} hold the question and the answer.`,
    {
      hint: sentence`Name them in a field mapping, --map question=FIELD,answer=FIELD; ${place}.`,
      detail: { file: path, line: firstLine },
    },
  );
}
