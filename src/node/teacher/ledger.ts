import { join } from 'node:path';
import { isAppError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import {
  billedUnknown,
  teacherRecordSchema,
  type TeacherFail,
  type TeacherIntent,
  type TeacherRecord,
  type TeacherReply,
} from '../../core/teaching/records.ts';
import { isJsonObject } from '../../core/teaching/jsonReply.ts';
import { costOf, type Prices } from '../../core/teaching/prices.ts';
import { Purse, type Amount } from '../../shared/money.ts';
import { hadLeft } from './failure.ts';
import { nodeFs, type Fs } from '../storage/fs.ts';
import { openJournal, type Journal } from '../storage/journal.ts';
import { readJournal, type BadLine } from '../storage/readJournal.ts';

/** A reply that may be used and served again: whole, finished on its own, not empty, and JSON where it was to be. */
export function isComplete(reply: TeacherReply): boolean {
  const { finishReason, overlong, text, form } = reply;
  if (finishReason !== 'stop' || overlong || text.trim() === '') return false;
  return form !== 'json' || isJsonObject(text);
}

/** Begin the names of the journals that hold what was made of the replies: nothing there was paid for. */
const DERIVED: readonly string[] = ['items.', 'opinions.'];

/** What a round has cost so far, as its journals tell. */
export interface LedgerBooks {
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Requests whose outcome never reached the disk or never came whole. */
  readonly possiblyBilled: number;
  /** Tokens to count against the budget: used ones, and the full reservation of each possibly billed request. */
  readonly budgetTokens: number;
  /** The same in money, by currency, as far as prices were known. */
  readonly budgetMoney: readonly Amount[];
  /** Requests that left, refused ones among them. */
  readonly budgetRequests: number;
}

/** A whole reply that was on the disk: what it was asked with, and what it took. */
export interface EarlierReply {
  readonly intent: TeacherIntent;
  readonly usage: TeacherReply['usage'];
  readonly form: TeacherReply['form'];
}

export interface LedgerOptions {
  /** The project's `rounds` folder. */
  readonly roundsFolder: string;
  readonly round: number;
  readonly writer: string;
  readonly clock: Clock;
  readonly fs?: Fs;
  readonly generation?: number;
  /** For replies that were written down without their cost, where they are of this profile: others have other prices. */
  readonly prices?: Prices | undefined;
  readonly profile: string;
}

/**
 * The journal of everything asked and received, which is also the cache. Each request that leaves has one `intent`
 * and, unless a crash came between, one `reply` or `fail`: an intent without either is a request that may have been
 * paid for. Replies of all rounds are found again; costs are those of this round.
 */
export class Ledger {
  readonly quarantined: readonly BadLine[];
  /** Whole replies of all rounds with their requests, as they were when the ledger was opened. */
  readonly earlier: readonly EarlierReply[];
  readonly #journal: Journal<TeacherRecord>;
  readonly #complete: Map<string, TeacherReply>;
  readonly #attempts: Map<string, number>;
  #books: LedgerBooks;

  private constructor(
    journal: Journal<TeacherRecord>,
    index: { complete: Map<string, TeacherReply>; attempts: Map<string, number> },
    books: LedgerBooks,
    quarantined: readonly BadLine[],
    earlier: readonly EarlierReply[],
  ) {
    this.#journal = journal;
    this.#complete = index.complete;
    this.#attempts = index.attempts;
    this.#books = books;
    this.quarantined = quarantined;
    this.earlier = earlier;
  }

  /** Reads every round's journals, then opens this writer's journal of the round for appending. */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const fs = options.fs ?? nodeFs;
    const complete = new Map<string, TeacherReply>();
    const attempts = new Map<string, number>();
    const quarantined: BadLine[] = [];
    const own: TeacherRecord[] = [];
    const intents = new Map<string, TeacherIntent>();
    const earlier: EarlierReply[] = [];
    for (const round of await list(fs, options.roundsFolder)) {
      const folder = join(options.roundsFolder, round, 'teacher');
      for (const name of await list(fs, folder)) {
        if (!name.endsWith('.jsonl') || DERIVED.some((begin) => name.startsWith(begin))) continue;
        const content = await readJournal(join(folder, name), teacherRecordSchema, { fs });
        quarantined.push(...content.quarantined);
        for (const record of content.records) {
          if (round === String(options.round)) own.push(record);
          note(record, complete, attempts);
          if (record.type === 'intent') intents.set(record.key, record);
          const intent = intents.get(record.key);
          if (record.type === 'reply' && intent !== undefined && isComplete(record)) {
            earlier.push({ intent, usage: record.usage, form: record.form });
          }
        }
      }
    }
    const path = join(
      options.roundsFolder,
      String(options.round),
      'teacher',
      `${options.writer}.jsonl`,
    );
    const journal = await openJournal(path, {
      schema: teacherRecordSchema,
      writer: options.writer,
      clock: options.clock,
      fs,
      ...(options.generation === undefined ? {} : { generation: options.generation }),
    });
    const books = booksOf(own, options.prices, options.profile);
    return new Ledger(journal, { complete, attempts }, books, quarantined, earlier);
  }

  /** The complete reply to this very request, if it was ever received. */
  hit(key: string): TeacherReply | undefined {
    return this.#complete.get(key);
  }

  /** Tries of this request that counted, in all runs. */
  attempts(key: string): number {
    return this.#attempts.get(key) ?? 0;
  }

  /** What the round had cost when the ledger was opened. */
  get before(): LedgerBooks {
    return this.#books;
  }

  /** Before a request leaves. It survives the death of this process. */
  async intent(record: TeacherIntent): Promise<void> {
    await this.#journal.append(record);
  }

  /** A reply, on the disk when this resolves; only then may anyone act on it. */
  async reply(record: TeacherReply): Promise<void> {
    await this.#journal.append(record, { sync: true });
    note(record, this.#complete, this.#attempts);
  }

  async fail(record: TeacherFail): Promise<void> {
    await this.#journal.append(record);
    note(record, this.#complete, this.#attempts);
  }

  async close(): Promise<void> {
    await this.#journal.close();
  }
}

function note(
  record: TeacherRecord,
  complete: Map<string, TeacherReply>,
  attempts: Map<string, number>,
): void {
  if (record.type !== 'reply' && record.type !== 'fail') return;
  const limited = record.type === 'fail' && record.code === 'teacher.rateLimited';
  if (!limited) {
    attempts.set(record.key, Math.max(attempts.get(record.key) ?? 0, record.attempt));
  }
  if (record.type === 'reply' && isComplete(record) && !complete.has(record.key)) {
    complete.set(record.key, record);
  }
}

interface Held {
  readonly tokens: number;
  readonly cost: number;
  /** Null where there is no word about it. */
  readonly currency: string | null;
}

const NOTHING: Held = { tokens: 0, cost: 0, currency: null };

/** What was set aside for a request, and whether the profile that asks now has sent it. */
interface Sent extends Held {
  readonly isOwn: boolean;
}

/** What broke off is counted in full: what had arrived may be the smaller part of what was written. */
function atLeast(used: Held, reserved: Held | undefined): Held {
  return {
    tokens: Math.max(used.tokens, reserved?.tokens ?? 0),
    cost: Math.max(used.cost, reserved?.cost ?? 0),
    currency: used.currency,
  };
}

function booksOf(
  records: readonly TeacherRecord[],
  prices: Prices | undefined,
  profile: string,
): LedgerBooks {
  const open = new Map<string, Sent[]>();
  let requests = 0;
  let promptTokens = 0;
  let completionTokens = 0;
  let possiblyBilled = 0;
  let budgetTokens = 0;
  let budgetRequests = 0;
  const purse = new Purse();
  const costIn = (tokens: Parameters<typeof costOf>[0]): number =>
    prices ? costOf(tokens, prices) : 0;
  const charge = ({ tokens, cost, currency }: Held): void => {
    budgetTokens += tokens;
    if (cost > 0) purse.add(cost, currency);
    budgetRequests += 1;
  };
  for (const record of records) {
    if (record.type === 'intent') {
      requests += 1;
      const waiting = open.get(record.key) ?? [];
      const { reservedTokens: tokens } = record;
      const isOwn = record.profile === profile;
      // Without a word about money every token counts as one of the dearer kind.
      const dear = Math.max(
        costIn({ promptTokens: tokens, completionTokens: 0 }),
        costIn({ promptTokens: 0, completionTokens: tokens }),
      );
      const cost = record.reservedCost ?? (isOwn ? dear : 0);
      const currency = record.currency ?? null;
      open.set(record.key, [...waiting, { tokens, cost, currency, isOwn }]);
    } else if (record.type === 'reply' || record.type === 'fail') {
      const reserved = open.get(record.key)?.pop();
      if (record.type === 'reply') {
        const { promptTokens: read, completionTokens: written } = record.usage;
        promptTokens += read;
        completionTokens += written;
        const unsaid = reserved?.isOwn === false ? 0 : costIn(record.usage);
        const used = {
          tokens: read + written,
          cost: record.cost ?? unsaid,
          currency: record.currency ?? reserved?.currency ?? null,
        };
        if (billedUnknown(record)) {
          possiblyBilled += 1;
          charge(atLeast(used, reserved));
        } else charge(used);
      } else if (record.possiblyBilled) {
        possiblyBilled += 1;
        charge(reserved ?? NOTHING);
      } else if (hadLeft(record)) charge(NOTHING);
    }
  }
  for (const held of [...open.values()].flat()) {
    possiblyBilled += 1;
    charge(held);
  }
  return {
    requests,
    promptTokens,
    completionTokens,
    possiblyBilled,
    budgetTokens,
    budgetMoney: purse.amounts,
    budgetRequests,
  };
}

async function list(fs: Fs, folder: string): Promise<string[]> {
  try {
    return (await fs.readdir(folder)).sort();
  } catch (error) {
    const missing =
      isAppError(error, 'store.missing') ||
      (error instanceof Error &&
        'code' in error &&
        (error.code === 'ENOENT' || error.code === 'ENOTDIR'));
    if (missing) return [];
    throw error;
  }
}
