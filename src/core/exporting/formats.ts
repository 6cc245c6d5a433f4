/** What a record of a format is about: one right text, a right text against a wrong one, or the steps of a text. */
export type RecordKind = 'text' | 'pair' | 'steps' | 'any';

/** What is written in a format, and how its records stand in the file. */
export interface ExportFormatInfo {
  readonly kind: RecordKind;
  /** One JSON object a line, one JSON array, or a table. */
  readonly layout: 'jsonl' | 'json' | 'csv';
}

/** The forms in which other programs take a training set, by the name that the command line takes. */
export const EXPORT_FORMATS = {
  'trl-sft': { kind: 'text', layout: 'jsonl' },
  'trl-messages': { kind: 'text', layout: 'jsonl' },
  'trl-preference': { kind: 'pair', layout: 'jsonl' },
  'trl-preference-implicit': { kind: 'pair', layout: 'jsonl' },
  'trl-stepwise': { kind: 'steps', layout: 'jsonl' },
  sharegpt: { kind: 'text', layout: 'json' },
  'sharegpt-preference': { kind: 'pair', layout: 'json' },
  alpaca: { kind: 'text', layout: 'json' },
  'alpaca-preference': { kind: 'pair', layout: 'json' },
  openai: { kind: 'text', layout: 'jsonl' },
  'openai-preference': { kind: 'pair', layout: 'jsonl' },
  csv: { kind: 'any', layout: 'csv' },
} as const satisfies Readonly<Record<string, ExportFormatInfo>>;

export type ExportFormat = keyof typeof EXPORT_FORMATS;

// SAFETY: the keys of a table without index signature are exactly its key type.
export const EXPORT_NAMES = Object.keys(EXPORT_FORMATS) as ExportFormat[];
