import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { DataFormat } from '../../core/dataset/importers.ts';
import { fieldMappingSchema } from '../../core/dataset/mapped.ts';

/**
 * The format of `tailor import FORMAT`: "gsm8k", "svamp", "jsonl" (fields guessed, or named by `--map`), "auto".
 * No `format` means that the first row decides.
 */
export function parseFormat(name: string, map: string | undefined): { format?: DataFormat } {
  if (map !== undefined && name !== 'jsonl') {
    throw new AppError('usage', sentence`--map goes with the format jsonl.`, {
      hint: sentence`tailor import jsonl FILE --map …`,
    });
  }
  switch (name) {
    case 'gsm8k':
    case 'svamp':
      return { format: { kind: name } };
    case 'auto':
      return {};
    case 'jsonl':
      return map === undefined ? {} : { format: { kind: 'mapped', mapping: parseMapping(map) } };
    default:
      throw new AppError('usage', sentence`There is no format called ${JSON.stringify(name)}.`, {
        hint: sentence`Formats: gsm8k, svamp, jsonl, auto.`,
      });
  }
}

function parseMapping(text: string): ReturnType<typeof fieldMappingSchema.parse> {
  const pairs = text.split(',').map((pair) => pair.split('=').map((part) => part.trim()));
  const parsed = fieldMappingSchema.safeParse(Object.fromEntries(pairs));
  if (parsed.success && pairs.every((pair) => pair.length === 2)) return parsed.data;
  throw new AppError('usage', sentence`${JSON.stringify(text)} is no field mapping.`, {
    hint: sentence`Write it as question=FIELD,answer=FIELD with, if there are any, id=, rationale= and equation=.`,
  });
}
