import { AppError, cancelled } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Signal } from '../../core/ports.ts';

export interface BudgetLimits {
  readonly maxRequests: number;
  readonly maxTotalTokens: number;
}

/** Tokens set aside for one request; the first of the three ends it. */
export interface Reservation {
  readonly tokens: number;
  /** The request cost this; it counts as one request. */
  settle(tokens: number): void;
  /** It left and was turned away: a request, and no tokens. */
  refused(): void;
  /** Nothing was spent. */
  release(): void;
}

interface Waiter {
  readonly tokens: number;
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
  #heldTokens = 0;
  #heldRequests = 0;
  #waiting: Waiter[] = [];

  constructor(
    limits: BudgetLimits,
    before: { readonly tokens: number; readonly requests: number } = { tokens: 0, requests: 0 },
  ) {
    this.#limits = limits;
    this.#spentTokens = before.tokens;
    this.#spentRequests = before.requests;
  }

  get spent(): { readonly tokens: number; readonly requests: number } {
    return { tokens: this.#spentTokens, requests: this.#spentRequests };
  }

  get held(): { readonly tokens: number; readonly requests: number } {
    return { tokens: this.#heldTokens, requests: this.#heldRequests };
  }

  /** Sets `tokens` aside; rejects with `teacher.budget` once they can no longer fit, `cancelled` on abort. */
  async reserve(tokens: number, signal: Signal): Promise<Reservation> {
    if (signal.aborted) throw cancelled();
    if (this.#neverFits(tokens)) throw this.#exhausted(tokens);
    if (this.#waiting.length > 0 || !this.#fitsNow(tokens)) await this.#wait(tokens, signal);
    else this.#hold(tokens);
    return this.#reservation(tokens);
  }

  #wait(tokens: number, signal: Signal): Promise<void> {
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
        grant: () => {
          done();
          this.#hold(tokens);
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

  #reservation(tokens: number): Reservation {
    let open = true;
    const end = (spent: number, requests: number): void => {
      if (!open) return;
      open = false;
      this.#heldTokens -= tokens;
      this.#heldRequests -= 1;
      this.#spentTokens += spent;
      this.#spentRequests += requests;
      this.#admit();
    };
    return {
      tokens,
      settle: (spent) => end(spent, 1),
      refused: () => end(0, 1),
      release: () => end(0, 0),
    };
  }

  #hold(tokens: number): void {
    this.#heldTokens += tokens;
    this.#heldRequests += 1;
  }

  #admit(): void {
    for (const waiter of [...this.#waiting]) {
      if (this.#neverFits(waiter.tokens)) waiter.refuse(this.#exhausted(waiter.tokens));
      else if (this.#fitsNow(waiter.tokens)) waiter.grant();
      else return;
    }
  }

  #neverFits(tokens: number): boolean {
    return (
      this.#spentTokens + tokens > this.#limits.maxTotalTokens ||
      this.#spentRequests + 1 > this.#limits.maxRequests
    );
  }

  #fitsNow(tokens: number): boolean {
    return (
      this.#spentTokens + this.#heldTokens + tokens <= this.#limits.maxTotalTokens &&
      this.#spentRequests + this.#heldRequests + 1 <= this.#limits.maxRequests
    );
  }

  #exhausted(tokens: number): AppError {
    const { maxRequests, maxTotalTokens } = this.#limits;
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
  const bytes = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content) + 16, 16);
  return bytes + maxTokens;
}

/** A guess for servers that do not say: UTF-8 bytes / 3, on the high side for English. */
export function guessTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 3);
}
