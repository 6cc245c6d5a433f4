import { dirname, join } from 'node:path';
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { sentence, type Sentence } from '../../core/sentence.ts';
import type { ModelPrices } from '../../core/teaching/prices.ts';
import { readPersonFile } from './personFile.ts';

/** What a price says, in the file of prices and in a profile of its own. */
export const priceFields = {
  inputPerMillion: z.number().min(0),
  cachedPerMillion: z.number().min(0).optional(),
  outputPerMillion: z.number().min(0),
  currency: z.string().min(1).max(10).default('USD'),
  asOf: z.iso.date().optional(),
  source: z.string().min(1).max(500).optional(),
};

/** A call is set aside at the full price of reading: what was read before can only be cheaper. */
export const cachedIsCheaper = {
  check: ({ inputPerMillion, cachedPerMillion }: ModelPriceNumbers): boolean =>
    (cachedPerMillion ?? 0) <= inputPerMillion,
  message: String(sentence`cachedPerMillion is above inputPerMillion`),
};

interface ModelPriceNumbers {
  readonly inputPerMillion: number;
  readonly cachedPerMillion?: number | undefined;
}

const fileSchema = z.strictObject({
  v: z.literal(1),
  prices: z
    .array(
      z
        .strictObject({
          ...priceFields,
          /** A model's name; `*` stands for anything. The first that fits counts. */
          model: z.string().min(1).max(200),
          asOf: z.iso.date(),
        })
        .refine(cachedIsCheaper.check, { message: cachedIsCheaper.message }),
    )
    .max(1000),
});

/** The person's file of prices, beside their teacher profiles. */
export function pricesPath(profilesPath: string): string {
  return join(dirname(profilesPath), 'prices.json');
}

/** Reads the person's prices; a missing file means none. Nothing is looked up, and none are built in. */
export async function loadPrices(path: string): Promise<ModelPrices[]> {
  const refuse = (because: Sentence, cause: unknown): AppError =>
    new AppError('teacher.unknownProfile', sentence`The file of prices is invalid: ${because}.`, {
      hint: sentence`Correct ${path}.`,
      detail: { path },
      cause,
    });
  return (await readPersonFile(path, fileSchema, refuse))?.prices ?? [];
}
