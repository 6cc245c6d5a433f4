import { join } from 'node:path';
import { AppError, isAppError } from '../../core/errors.ts';
import {
  servedBooks,
  servedRecordSchema,
  type ServedBooks,
  type ServedRecord,
} from '../../core/exam/servedSpending.ts';
import type { Clock } from '../../core/ports.ts';
import { sentence } from '../../core/sentence.ts';
import { costOf, type Prices } from '../../core/teaching/prices.ts';
import { amountIn, plainAmount, Purse } from '../../shared/money.ts';
import { nodeFs } from '../storage/fs.ts';
import { openJournal, type Journal } from '../storage/journal.ts';
import { readJournal } from '../storage/readJournal.ts';
import { Budget, guessTokens, mostPromptTokens, type Reservation } from '../teacher/budget.ts';
import { TeacherFailure } from '../teacher/failure.ts';
import { otherCurrency } from '../teacher/otherCurrency.ts';
import type { StudentProfile } from './profiles.ts';

/** Limits of a round's exams by a server; neither holds where it is absent. */
export interface ServedLimits {
  readonly maxRequests?: number | undefined;
  /** In the currency of the prices. */
  readonly maxCost?: number | undefined;
}

/** What a request asks for, as far as it costs. */
export interface MeteredAsk {
  readonly prompt: string;
  /** Longest answer, and how many of them. */
  readonly maxTokens: number;
  readonly samples: number;
}

/** What came of it: the server's own count where it tells one, and the text. */
export interface MeteredAnswer {
  readonly usage: { readonly promptTokens: number; readonly completionTokens: number } | null;
  readonly text: string;
}

export interface MeterOptions {
  readonly profile: Pick<StudentProfile, 'name' | 'model' | 'prices'>;
  readonly limits: ServedLimits;
  /** `rounds/N/served` of the project. */
  readonly folder: string;
  readonly writer: string;
  readonly clock: Clock;
}

/** What counts against the limits, in the currency of the prices. */
interface Spent {
  readonly requests: number;
  readonly cost: number;
}

/** Whether requests to this server are counted at all: where they cost something, or are limited. */
export function isMetered(
  { prices }: Pick<StudentProfile, 'prices'>,
  { maxRequests, maxCost }: ServedLimits,
): boolean {
  return prices !== undefined || maxRequests !== undefined || maxCost !== undefined;
}

/**
 * Counts the requests of a round's exams and what they cost. The most that a request can cost is set aside and written
 * down before it leaves, so that no number of requests in flight passes a limit.
 */
export class Meter {
  readonly #options: MeterOptions;
  readonly #budget: Budget;
  readonly #journal: Journal<ServedRecord>;
  readonly #run: string;
  readonly #mixed: AppError | null;
  #next = 0;

  private constructor(options: MeterOptions, journal: Journal<ServedRecord>, before: ServedBooks) {
    const { name, prices } = options.profile;
    const { maxRequests = Infinity, maxCost } = options.limits;
    this.#options = options;
    this.#journal = journal;
    const limits = { maxRequests, maxTotalTokens: Infinity, maxCost };
    const cost = amountIn(prices?.currency, before.money);
    this.#budget = new Budget(limits, { tokens: 0, requests: before.requests, cost });
    const of = { code: 'student.budget', profile: name, prices, maxCost } as const;
    this.#mixed = otherCurrency(of, before.money);
    this.#run = String(options.clock.now());
  }

  /** Reads what the round has cost, and goes on from there. */
  static async open(options: MeterOptions): Promise<Meter> {
    const { folder, writer, clock } = options;
    const all: ServedBooks[] = [];
    const names = await nodeFs.readdir(folder).catch((): string[] => []);
    for (const name of names.filter((one) => one.endsWith('.jsonl')).sort()) {
      const { records } = await readJournal(join(folder, name), servedRecordSchema);
      all.push(servedBooks(records));
    }
    const purse = new Purse();
    for (const { money } of all) purse.addAll(money);
    const before = {
      requests: all.reduce((sum, { requests }) => sum + requests, 0),
      money: purse.amounts,
    };
    const path = join(folder, `${writer}.jsonl`);
    const journal = await openJournal(path, { schema: servedRecordSchema, writer, clock });
    return new Meter(options, journal, before);
  }

  /** What the round's exams have cost so far. */
  get spent(): Spent {
    return { requests: this.#budget.spent.requests, cost: this.#budget.spentCost };
  }

  get prices(): Prices | undefined {
    return this.#options.profile.prices;
  }

  /** Sends one request within the limits; `student.budget` where it no longer fits. */
  async ask<T>(
    ask: MeteredAsk,
    signal: AbortSignal,
    send: () => Promise<T>,
    answerOf: (value: T) => MeteredAnswer,
  ): Promise<T> {
    const { profile, limits } = this.#options;
    if (this.#mixed !== null) throw this.#mixed;
    const most = worst(ask, profile.prices);
    const held = await this.#budget.reserve(0, signal, most).catch((error: unknown) => {
      throw isAppError(error, 'teacher.budget') ? used(profile, limits, this.spent, most) : error;
    });
    const key = `${this.#run}.${(this.#next += 1)}`;
    const { name, model, prices } = profile;
    const about = prices === undefined ? {} : { reservedCost: most, currency: prices.currency };
    try {
      await this.#journal.append({ type: 'sent', key, profile: name, model, ...about });
    } catch (error) {
      held.release();
      throw error;
    }
    let value: T;
    try {
      value = await send();
    } catch (error) {
      const turnedAway = error instanceof TeacherFailure && !error.possiblyBilled;
      if (turnedAway) held.refused();
      else held.settle(0, most);
      await this.#end(key, turnedAway ? 'refused' : 'unknown');
      throw error;
    }
    await this.#settle(key, held, ask, answerOf(value));
    return value;
  }

  close(): Promise<void> {
    return this.#journal.flush().finally(() => this.#journal.close());
  }

  async #settle(
    key: string,
    held: Reservation,
    ask: MeteredAsk,
    { usage, text }: MeteredAnswer,
  ): Promise<void> {
    const took = usage ?? {
      promptTokens: guessTokens(ask.prompt),
      completionTokens: guessTokens(text),
    };
    const { prices } = this.#options.profile;
    const cost = prices === undefined ? {} : { cost: costOf(took, prices) };
    held.settle(0, cost.cost ?? 0);
    await this.#end(key, 'answered', { ...took, estimated: usage === null, ...cost });
  }

  async #end(
    key: string,
    outcome: 'answered' | 'refused' | 'unknown',
    took: { promptTokens: number; completionTokens: number; estimated: boolean; cost?: number } = {
      promptTokens: 0,
      completionTokens: 0,
      estimated: false,
    },
  ): Promise<void> {
    await this.#journal.append({ type: 'ended', key, outcome, ...took });
  }
}

/** The most that a request can cost: every byte of the prompt a token, and all of each allowed answer. */
function worst({ prompt, maxTokens, samples }: MeteredAsk, prices: Prices | undefined): number {
  if (prices === undefined) return 0;
  const promptTokens = mostPromptTokens([{ content: prompt }]);
  return costOf({ promptTokens, completionTokens: maxTokens * samples }, prices);
}

function used(
  { name, prices }: MeterOptions['profile'],
  { maxRequests, maxCost }: ServedLimits,
  spent: Spent,
  next: number,
): AppError {
  const byRequests = maxRequests !== undefined && spent.requests + 1 > maxRequests;
  return new AppError(
    'student.budget',
    byRequests
      ? sentence`This round’s exams may ask ${name} no more: ${spent.requests} of ${maxRequests} requests are used up.`
      : sentence`This round’s exams may ask ${name} no more: ${plainAmount(spent.cost)} of ${plainAmount(maxCost ?? 0)} ${prices?.currency ?? ''} are spent, and the next request could cost ${plainAmount(next)}.`,
    {
      hint: byRequests
        ? sentence`Raise exam.maxRequests in tailor.json and run again: what is answered is kept.`
        : sentence`Raise exam.maxCost in tailor.json and run again: what is answered is kept.`,
      detail: { ...spent, maxRequests, maxCost, next },
    },
  );
}
