import { AppError } from '../errors.ts';
import { sentence } from '../sentence.ts';
import type { ExportFormat } from './formats.ts';

/** LLaMA-Factory's list of the data sets in its folder. */
export const DATASET_INFO = 'dataset_info.json';

type DescribedFormat = Extract<ExportFormat, `sharegpt${string}` | `alpaca${string}`>;

const ENTRIES = {
  alpaca: { columns: { prompt: 'instruction', query: 'input', response: 'output' } },
  'alpaca-preference': {
    ranking: true,
    columns: { prompt: 'instruction', query: 'input', chosen: 'chosen', rejected: 'rejected' },
  },
  sharegpt: { formatting: 'sharegpt', columns: { messages: 'conversations' } },
  'sharegpt-preference': {
    formatting: 'sharegpt',
    ranking: true,
    columns: { messages: 'conversations', chosen: 'chosen', rejected: 'rejected' },
  },
} as const satisfies Readonly<Record<DescribedFormat, object>>;

/** Whether a `dataset_info.json` beside a file of the format names it. */
export const isDescribed = (format: ExportFormat): format is DescribedFormat => format in ENTRIES;

/**
 * The list with an entry for an exported file; what else it holds stays. Null where the format needs none. An entry of
 * that name which says something else is replaced only when that is meant.
 */
export function withEntry(
  format: ExportFormat,
  file: string,
  present: string | null,
  replace: boolean,
): { readonly name: string; readonly text: string } | null {
  if (!isDescribed(format)) return null;
  const name = file.replace(/\.[^.]+$/u, '');
  const entry = { file_name: file, ...ENTRIES[format] };
  const known = present === null ? new Map<string, unknown>() : parseInfo(present);
  const before = known.get(name);
  if (before !== undefined && JSON.stringify(before) !== JSON.stringify(entry) && !replace) {
    throw new AppError(
      'usage',
      sentence`${DATASET_INFO} has another entry named ${JSON.stringify(name)}.`,
      { hint: sentence`Choose another file name, or replace it with --force.` },
    );
  }
  known.set(name, entry);
  return { name, text: `${JSON.stringify(Object.fromEntries(known), null, 2)}\n` };
}

function parseInfo(text: string): Map<string, unknown> {
  const refuse = (cause?: unknown): AppError =>
    new AppError('data.invalid', sentence`${DATASET_INFO} beside the file is no JSON object.`, {
      hint: sentence`Mend it, or export into another folder.`,
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/u, ''));
  } catch (cause) {
    throw refuse(cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse();
  return new Map<string, unknown>(Object.entries(value));
}
