import { cancelled } from '../../core/errors.ts';
import type { Clock, Signal } from '../../core/ports.ts';

/** How a request went, as far as the number in flight depends on it. */
export type Went = 'well' | 'refused' | 'failed';

const CUT = 0.5;
/** A server that answers this much more slowly than at its best has more than it can do at once. */
const SLOW = 4;
const SLOW_CUT = 0.8;
/** Differences below this are no sign of anything. */
const SLOW_FLOOR_MS = 1000;
const COOLDOWN_MS = 1000;

/**
 * How many requests may be in flight: one until the first has succeeded, then doubling as long as nothing is refused,
 * afterwards one more for each round of answers; halved by a refusal or a timeout, a fifth less where the first word
 * comes much later than it once did. Pure: all times are given, in milliseconds.
 */
export class Concurrency {
  readonly #most: number;
  #limit = 1;
  #slowStart = true;
  #lastCut = Number.NEGATIVE_INFINITY;
  #best = Infinity;

  constructor(most: number) {
    this.#most = most;
  }

  get limit(): number {
    return Math.max(1, Math.floor(this.#limit));
  }

  /** `firstMs`: until the first word; null where none came. */
  ended(now: number, went: Went, firstMs: number | null): void {
    if (went !== 'well') {
      this.#cut(now, CUT);
      return;
    }
    if (firstMs !== null) {
      this.#best = Math.min(this.#best, firstMs);
      if (firstMs > this.#best * SLOW && firstMs - this.#best > SLOW_FLOOR_MS) {
        this.#cut(now, SLOW_CUT);
        return;
      }
    }
    this.#limit = Math.min(this.#most, this.#limit + (this.#slowStart ? 1 : 1 / this.#limit));
  }

  #cut(now: number, factor: number): void {
    // One burst of refusals counts once.
    if (now - this.#lastCut < COOLDOWN_MS) return;
    this.#lastCut = now;
    this.#slowStart = false;
    this.#limit = Math.max(1, this.#limit * factor);
  }
}

/** Lets requests leave as `Concurrency` allows, oldest first. */
export class Gate {
  readonly #control: Concurrency;
  readonly #clock: Clock;
  #inFlight = 0;
  #peak = 0;
  #waiting: (() => void)[] = [];

  constructor(most: number, clock: Clock) {
    this.#control = new Concurrency(most);
    this.#clock = clock;
  }

  get limit(): number {
    return this.#control.limit;
  }

  /** Most requests in flight so far. */
  get peak(): number {
    return this.#peak;
  }

  /** Waits for a place. What it returns gives the place back and must be called once. */
  async enter(signal: Signal): Promise<(went: Went, firstMs: number | null) => void> {
    while (this.#inFlight >= this.#control.limit) {
      if (signal.aborted) throw cancelled();
      await new Promise<void>((resolve) => {
        const go = (): void => {
          signal.removeEventListener('abort', go);
          resolve();
        };
        signal.addEventListener('abort', go);
        this.#waiting.push(go);
      });
    }
    if (signal.aborted) throw cancelled();
    this.#inFlight += 1;
    this.#peak = Math.max(this.#peak, this.#inFlight);
    return (went, firstMs) => {
      this.#inFlight -= 1;
      this.#control.ended(this.#clock.now(), went, firstMs);
      const free = this.#control.limit - this.#inFlight;
      for (const go of this.#waiting.splice(0, Math.max(0, free))) go();
    };
  }
}
