import * as z from 'zod';

const tokens = z.number().int().min(0);

/** Written before a request to a student's server leaves: what a crash may have cost. */
const sentSchema = z.object({
  type: z.literal('sent'),
  /** Names the request within its journal. */
  key: z.string().min(1),
  profile: z.string(),
  model: z.string(),
  /** What it can cost at most, where a price is known. */
  reservedCost: z.number().min(0).optional(),
});

/** What became of a request that left. */
const endedSchema = z.object({
  type: z.literal('ended'),
  key: z.string().min(1),
  /** unknown: it broke off, and may have been billed. */
  outcome: z.enum(['answered', 'refused', 'unknown']),
  promptTokens: tokens,
  completionTokens: tokens,
  /** The server told no usage, and these are guesses on the high side. */
  estimated: z.boolean(),
  cost: z.number().min(0).optional(),
});

/** rounds/N/served/WRITER.jsonl: requests of exams to a server that costs something, or whose requests are limited. */
export const servedRecordSchema = z.discriminatedUnion('type', [sentSchema, endedSchema]);
export type ServedRecord = z.infer<typeof servedRecordSchema>;

/** What a round's exams have cost so far, as its journals tell. */
export interface ServedBooks {
  readonly requests: number;
  readonly cost: number;
}

/** One journal's sums: a request of which nothing came back counts at its worst. */
export function servedBooks(records: readonly ServedRecord[]): ServedBooks {
  const open = new Map<string, number>();
  let [requests, cost] = [0, 0];
  for (const record of records) {
    if (record.type === 'sent') {
      requests += 1;
      open.set(record.key, record.reservedCost ?? 0);
      continue;
    }
    const reserved = open.get(record.key) ?? 0;
    open.delete(record.key);
    cost += record.outcome === 'unknown' ? reserved : (record.cost ?? 0);
  }
  for (const reserved of open.values()) cost += reserved;
  return { requests, cost };
}
