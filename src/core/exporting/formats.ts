/** What a record of a format is about: one right text, a right text against a wrong one, or the steps of a text. */
export type RecordKind = 'text' | 'pair' | 'steps' | 'any';

export interface ExportFormatInfo {
  readonly kind: RecordKind;
  /** One JSON object a line, one JSON array, or a table. */
  readonly layout: 'jsonl' | 'json' | 'csv';
  /** For whom a `dataset_info.json` beside the file names it. */
  readonly described: boolean;
}

/** The forms in which other programs take a training set, by the name that the command line takes. */
export const EXPORT_FORMATS = {
  'trl-sft': { kind: 'text', layout: 'jsonl', described: false },
  'trl-messages': { kind: 'text', layout: 'jsonl', described: false },
  'trl-preference': { kind: 'pair', layout: 'jsonl', described: false },
  'trl-preference-implicit': { kind: 'pair', layout: 'jsonl', described: false },
  'trl-stepwise': { kind: 'steps', layout: 'jsonl', described: false },
  sharegpt: { kind: 'text', layout: 'json', described: true },
  'sharegpt-preference': { kind: 'pair', layout: 'json', described: true },
  alpaca: { kind: 'text', layout: 'json', described: true },
  'alpaca-preference': { kind: 'pair', layout: 'json', described: true },
  openai: { kind: 'text', layout: 'jsonl', described: false },
  'openai-preference': { kind: 'pair', layout: 'jsonl', described: false },
  csv: { kind: 'any', layout: 'csv', described: false },
} as const satisfies Readonly<Record<string, ExportFormatInfo>>;

export type ExportFormat = keyof typeof EXPORT_FORMATS;

// SAFETY: the keys of a table without index signature are exactly its key type.
export const EXPORT_NAMES = Object.keys(EXPORT_FORMATS) as ExportFormat[];
