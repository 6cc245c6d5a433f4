import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { PUBLISHED_SETS, type DataFormat } from '../../core/dataset/importers.ts';
import type { FieldMapping } from '../../core/dataset/mapped.ts';
import { answerKindSchema } from '../../core/dataset/question.ts';
import { parseMapText } from '../../core/dataset/mapText.ts';
import type { DataLayout } from '../imports/rowSource.ts';

/** Formats of own rows, whose fields are guessed or named by `--map`. */
const OWN = ['jsonl', 'csv', 'parquet'] as const;
export const FORMAT_NAMES: readonly string[] = [...PUBLISHED_SETS, ...OWN, 'auto'];

/**
 * The format of `tailor import FORMAT`: a published set by its name, own rows as JSON Lines, CSV or Parquet, or "auto".
 * No `format` means that the first rows decide, no `layout` that the file does.
 */
export function parseFormat(
  name: string,
  map: string | undefined,
): { format?: DataFormat; layout?: DataLayout } {
  const isOwn = OWN.some((own) => own === name);
  if (map !== undefined && !isOwn) {
    throw new AppError('usage', sentence`--map goes with the formats jsonl, csv and parquet.`, {
      hint: sentence`tailor import jsonl FILE --map …`,
    });
  }
  const set = PUBLISHED_SETS.find((one) => one === name);
  if (set !== undefined) return { format: { kind: set } };
  if (!isOwn && name !== 'auto') {
    throw new AppError('usage', sentence`There is no format called ${JSON.stringify(name)}.`, {
      hint: sentence`Formats: ${FORMAT_NAMES.join(', ')}.`,
    });
  }
  return {
    ...(name === 'csv' || name === 'parquet' ? { layout: name } : {}),
    ...(map === undefined ? {} : { format: { kind: 'mapped', mapping: parseMapping(map) } }),
  };
}

function parseMapping(text: string): FieldMapping {
  const mapping = parseMapText(text);
  if (mapping !== null) return mapping;
  const kind = /(?:^|,)\s*kind\s*=\s*([^,]*?)\s*(?:,|$)/u.exec(text)?.[1];
  if (kind !== undefined && !answerKindSchema.safeParse(kind).success) {
    throw new AppError('usage', sentence`${JSON.stringify(kind)} is no kind of answers.`, {
      hint: sentence`Kinds: ${answerKindSchema.options.join(', ')}.`,
    });
  }
  throw new AppError('usage', sentence`${JSON.stringify(text)} is no field mapping.`, {
    hint: sentence`Write it as question=FIELD,answer=FIELD with, if there are any, id=, rationale=, equation=, choices=FIELD or choices=A+B+C, and kind=number, choice, yes-no, exact or regex.`,
  });
}
