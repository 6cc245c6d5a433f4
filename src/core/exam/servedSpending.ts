import * as z from 'zod';
import { Purse, type Amount } from '../../shared/money.ts';
import { isServedEngine } from './served.ts';

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
  /** Of that cost, as the profile spells it; not in older files. */
  currency: z.string().optional(),
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

/** What a round's exams have cost so far, as its journals tell: what their limits count. */
export interface ServedBooks {
  readonly requests: number;
  readonly money: readonly Amount[];
}

/** The same in parts, as it is shown. */
export interface ServedSpending {
  /** The servers that were asked, by name. */
  readonly profiles: readonly string[];
  /** All that left: the parts that follow together. */
  readonly requests: number;
  /** Requests that were answered, and that were turned away. */
  readonly calls: number;
  readonly refused: number;
  /** Requests that broke off, or of which no end is on record: they count at their worst. */
  readonly possiblyBilled: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Some counts of tokens are Tailor's own. */
  readonly estimated: boolean;
  /** By currency; null where some request has no price. */
  readonly money: readonly Amount[] | null;
}

type Sent = Extract<ServedRecord, { type: 'sent' }>;
type Ended = Extract<ServedRecord, { type: 'ended' }>;
type Written = ServedRecord & { readonly writer?: string };

/** A round's records of served exams, each writer's in their order. */
export class ServedFold {
  /** Sent, and not ended. */
  readonly #open = new Map<string, Sent>();
  readonly #profiles = new Set<string>();
  readonly #purse = new Purse();
  #calls = 0;
  #refused = 0;
  #broken = 0;
  #promptTokens = 0;
  #completionTokens = 0;
  #estimated = false;
  #isPriced = true;

  take(record: Written): void {
    const key = `${record.writer ?? ''} ${record.key}`;
    if (record.type === 'ended') {
      this.#end(record, this.#open.get(key));
      this.#open.delete(key);
      return;
    }
    this.#profiles.add(record.profile);
    // Nothing spent has its currency as well.
    if (record.reservedCost !== undefined) this.#purse.add(0, record.currency ?? null);
    this.#open.set(key, record);
  }

  #end(record: Ended, sent: Sent | undefined): void {
    const { outcome, promptTokens, completionTokens, estimated, cost } = record;
    const currency = sent?.currency ?? null;
    this.#promptTokens += promptTokens;
    this.#completionTokens += completionTokens;
    this.#estimated ||= estimated;
    if (outcome === 'refused') {
      this.#refused += 1;
      if (cost !== undefined) this.#purse.add(cost, currency);
      return;
    }
    if (outcome === 'unknown') this.#broken += 1;
    else this.#calls += 1;
    const took = outcome === 'unknown' ? sent?.reservedCost : cost;
    if (took === undefined) this.#isPriced = false;
    else this.#purse.add(took, currency);
  }

  get books(): ServedBooks {
    const open = [...this.#open.values()];
    const purse = new Purse();
    purse.addAll(this.#purse.amounts);
    for (const { reservedCost, currency = null } of open) {
      if (reservedCost !== undefined) purse.add(reservedCost, currency);
    }
    return {
      requests: this.#calls + this.#refused + this.#broken + open.length,
      money: purse.amounts,
    };
  }

  /** Null where nothing is on record. */
  spending(): ServedSpending | null {
    const { requests, money } = this.books;
    if (requests === 0) return null;
    const open = [...this.#open.values()];
    const isPriced = this.#isPriced && open.every(({ reservedCost }) => reservedCost !== undefined);
    return {
      profiles: [...this.#profiles],
      requests,
      calls: this.#calls,
      refused: this.#refused,
      possiblyBilled: this.#broken + open.length,
      promptTokens: this.#promptTokens,
      completionTokens: this.#completionTokens,
      estimated: this.#estimated,
      money: isPriced ? money : null,
    };
  }
}

/** One journal's sums: a request of which nothing came back counts at its worst. */
export function servedBooks(records: readonly ServedRecord[]): ServedBooks {
  const fold = new ServedFold();
  for (const record of records) fold.take(record);
  return fold.books;
}

/** A round's exams by servers; `spent` is null where a server sat one and nobody wrote down what that took. */
export interface ServedExams {
  readonly spent: ServedSpending | null;
}

/** Null where no server sat an exam: the exam engine costs nothing. */
export function servedExams(
  engines: readonly (string | undefined)[],
  spent: ServedSpending | null,
): ServedExams | null {
  const isServed = engines.some((engine) => engine !== undefined && isServedEngine(engine));
  return spent !== null || isServed ? { spent } : null;
}
