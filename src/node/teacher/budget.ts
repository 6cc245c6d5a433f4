import { AppError, cancelled } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Signal } from '../../core/ports.ts';
import { plainAmount } from '../../shared/money.ts';

export interface BudgetLimits {
  readonly maxRequests: number;
  readonly maxTotalTokens: number;
  /** Money, in the currency of the profile's prices; only these two hold where it is absent. */
  readonly maxCost?: number | undefined;
}

/** Tokens and money set aside for one request; the first of the three ends it. */
export interface Reservation {
  readonly tokens: number;
  readonly cost: number;
  /** The request took these tokens and this money; it counts as one request. */
  settle(tokens: number, cost?: number): void;
  /** It left and was turned away: a request, and no tokens. */
  refused(): void;
  /** Nothing was spent. */
  release(): void;
}

interface Waiter {
  readonly tokens: number;
  readonly cost: number;
  readonly grant: () => void;
  readonly refuse: (error: Error) => void;
}

/**
 * A hard cap that requests in flight cannot exceed: the most a request can cost is set aside before it leaves and
 * settled by what it did cost. A request that fits only if others turn out cheaper waits for them.
 */
export class Budget {
  readonly #limits: BudgetLimits;
  #spentTokens: number;
  #spentRequests: number;
  #spentCost: number;
  #heldCost = 0;
  #heldTokens = 0;
  #heldRequests = 0;
  #waiting: Waiter[] = [];

  constructor(
    limits: BudgetLimits,
    before: { readonly tokens: number; readonly requests: number; readonly cost?: number } = {
      tokens: 0,
      requests: 0,
    },
  ) {
    this.#limits = limits;
    this.#spentTokens = before.tokens;
    this.#spentRequests = before.requests;
    this.#spentCost = before.cost ?? 0;
  }

  get spentCost(): number {
    return this.#spentCost;
  }

  get heldCost(): number {
    return this.#heldCost;
  }

  get spent(): { readonly tokens: number; readonly requests: number } {
    return { tokens: this.#spentTokens, requests: this.#spentRequests };
  }

  get held(): { readonly tokens: number; readonly requests: number } {
    return { tokens: this.#heldTokens, requests: this.#heldRequests };
  }

  /** Sets both aside; rejects with `teacher.budget` once they can no longer fit, `cancelled` on abort. */
  async reserve(tokens: number, signal: Signal, cost = 0): Promise<Reservation> {
    if (signal.aborted) throw cancelled();
    if (this.#neverFits(tokens, cost)) throw this.#exhausted(tokens, cost);
    if (this.#waiting.length > 0 || !this.#fitsNow(tokens, cost)) {
      await this.#wait(tokens, cost, signal);
    } else this.#hold(tokens, cost);
    return this.#reservation(tokens, cost);
  }

  #wait(tokens: number, cost: number, signal: Signal): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        signal.removeEventListener('abort', onAbort);
        this.#waiting = this.#waiting.filter((one) => one !== waiter);
      };
      const onAbort = (): void => {
        done();
        reject(cancelled());
        this.#admit();
      };
      const waiter: Waiter = {
        tokens,
        cost,
        grant: () => {
          done();
          this.#hold(tokens, cost);
          resolve();
        },
        refuse: (error) => {
          done();
          reject(error);
        },
      };
      signal.addEventListener('abort', onAbort);
      this.#waiting.push(waiter);
    });
  }

  #reservation(tokens: number, cost: number): Reservation {
    let open = true;
    const end = (spent: number, requests: number, money: number): void => {
      if (!open) return;
      open = false;
      this.#heldTokens -= tokens;
      this.#heldRequests -= 1;
      this.#spentTokens += spent;
      this.#spentRequests += requests;
      this.#heldCost -= cost;
      this.#spentCost += money;
      // Sums of fractions leave a crumb behind; nothing held is nothing.
      if (this.#heldRequests === 0) this.#heldCost = 0;
      this.#admit();
    };
    return {
      tokens,
      cost,
      settle: (spent, money = 0) => end(spent, 1, money),
      refused: () => end(0, 1, 0),
      release: () => end(0, 0, 0),
    };
  }

  #hold(tokens: number, cost: number): void {
    this.#heldCost += cost;
    this.#heldTokens += tokens;
    this.#heldRequests += 1;
  }

  #admit(): void {
    for (const waiter of [...this.#waiting]) {
      const { tokens, cost } = waiter;
      if (this.#neverFits(tokens, cost)) waiter.refuse(this.#exhausted(tokens, cost));
      else if (this.#fitsNow(tokens, cost)) waiter.grant();
      else return;
    }
  }

  #neverFits(tokens: number, cost: number): boolean {
    return (
      this.#tooDear(this.#spentCost + cost) ||
      this.#spentTokens + tokens > this.#limits.maxTotalTokens ||
      this.#spentRequests + 1 > this.#limits.maxRequests
    );
  }

  #fitsNow(tokens: number, cost: number): boolean {
    return (
      !this.#tooDear(this.#spentCost + this.#heldCost + cost) &&
      this.#spentTokens + this.#heldTokens + tokens <= this.#limits.maxTotalTokens &&
      this.#spentRequests + this.#heldRequests + 1 <= this.#limits.maxRequests
    );
  }

  #tooDear(cost: number): boolean {
    return this.#limits.maxCost !== undefined && cost > this.#limits.maxCost;
  }

  #exhausted(tokens: number, cost: number): AppError {
    const { maxRequests, maxTotalTokens, maxCost } = this.#limits;
    if (maxCost !== undefined && this.#tooDear(this.#spentCost + cost)) {
      return new AppError(
        'teacher.budget',
        sentence`The teacher’s budget for this round is used up: ${plainAmount(this.#spentCost)} of ${plainAmount(maxCost)} at your prices, and the next call could cost ${plainAmount(cost)}.`,
        {
          hint: sentence`Raise teaching.maxCost in tailor.json and run again; nothing is lost.`,
          detail: { scope: 'run', needed: cost, cost: this.#spentCost, maxCost },
        },
      );
    }
    return new AppError(
      'teacher.budget',
      sentence`The teacher’s budget for this round is used up (${this.#spentRequests} of ${maxRequests} requests, ${this.#spentTokens} of ${maxTotalTokens} tokens).`,
      {
        hint: sentence`Raise teaching.maxRequests or teaching.maxTotalTokens in tailor.json and run again; nothing is lost.`,
        detail: { scope: 'run', needed: tokens, ...this.spent, maxRequests, maxTotalTokens },
      },
    );
  }
}

/**
 * The most tokens a request can cost: a byte is at least one token in no byte-level vocabulary, so the prompt's UTF-8
 * bytes bound its tokens; a few more for each message's frame; and all of the allowed reply.
 */
export function mostTokens(
  messages: readonly { readonly content: string }[],
  maxTokens: number,
): number {
  return mostPromptTokens(messages) + maxTokens;
}

/** Of these the part that is read, which has a price of its own. */
export function mostPromptTokens(messages: readonly { readonly content: string }[]): number {
  return messages.reduce((sum, { content }) => sum + Buffer.byteLength(content) + 16, 16);
}

/** A guess for servers that do not say: UTF-8 bytes / 3, on the high side for English. */
export function guessTokens(text: string): number {
  return tokensOfBytes(Buffer.byteLength(text));
}

/** The same guess where the text itself is not kept. */
export function tokensOfBytes(bytes: number): number {
  return Math.ceil(bytes / 3);
}
