import { cancelled } from '../../core/errors.ts';
import type { Clock, Signal } from '../../core/ports.ts';
import { RateControl, type RateOptions } from './rateControl.ts';
import type { RateInfo } from './rateHeaders.ts';

export interface PacerOptions extends RateOptions {
  /** Most requests in flight. */
  readonly concurrency: number;
}

/** The right to send one request; `end` gives its place back and must be called once. */
export interface Lease {
  /** The server took the request (its headers are here). */
  accepted(info: RateInfo | null): void;
  /** The server refused it for its rate. */
  limited(info: RateInfo | null, retryAfterMs: number | null): void;
  end(succeeded: boolean): void;
}

interface Waiter {
  readonly order: number;
  readonly grant: (lease: Lease) => void;
  readonly refuse: (error: Error) => void;
}

/**
 * Lets requests leave, oldest first, as fast as RateControl allows and no more than `concurrency` at a time. Until
 * the first one has succeeded they leave one by one: a wrong key costs one request, and a server's prompt cache is
 * filled before the rest arrives.
 */
export class Pacer {
  readonly #options: PacerOptions;
  readonly #clock: Clock;
  readonly #control: RateControl;
  #waiting: Waiter[] = [];
  #inFlight = 0;
  #peak = 0;
  #proven = false;
  #timer: NodeJS.Timeout | null = null;
  #stopped: Error | null = null;

  constructor(options: PacerOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#control = new RateControl(options);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get peak(): number {
    return this.#peak;
  }

  get pausedUntil(): number {
    return this.#control.pausedUntil;
  }

  /** Waits for a place; `order` is the age of the request, so that a repeated one does not lose its turn. */
  acquire(order: number, signal: Signal): Promise<Lease> {
    if (this.#stopped !== null) return Promise.reject(this.#stopped);
    if (signal.aborted) return Promise.reject(cancelled());
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        signal.removeEventListener('abort', onAbort);
        this.#waiting = this.#waiting.filter((one) => one !== waiter);
      };
      const onAbort = (): void => {
        leave();
        reject(cancelled());
      };
      const waiter: Waiter = {
        order,
        grant: (lease) => {
          leave();
          resolve(lease);
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      signal.addEventListener('abort', onAbort);
      const place = this.#waiting.findIndex((one) => one.order > order);
      this.#waiting.splice(place === -1 ? this.#waiting.length : place, 0, waiter);
      this.#pump();
    });
  }

  /** Refuses everything that waits and all that comes; requests in flight go on to their end. */
  stop(error: Error): void {
    this.#stopped = error;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const waiter of [...this.#waiting]) waiter.refuse(error);
  }

  #pump(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const most = this.#proven ? this.#options.concurrency : 1;
    while (this.#inFlight < most) {
      const next = this.#waiting[0];
      if (next === undefined) return;
      const delay = this.#control.delay(this.#clock.now());
      if (delay > 0) {
        this.#timer = setTimeout(() => this.#pump(), Math.min(delay + 1, 2 ** 30));
        return;
      }
      next.grant(this.#lease());
    }
  }

  #lease(): Lease {
    const number = this.#control.dispatch(this.#clock.now());
    this.#inFlight += 1;
    this.#peak = Math.max(this.#peak, this.#inFlight);
    let open = true;
    return {
      accepted: (info) => this.#control.accepted(this.#clock.now(), number, info),
      limited: (info, retryAfterMs) =>
        this.#control.limited(this.#clock.now(), number, info, retryAfterMs),
      end: (succeeded) => {
        if (!open) return;
        open = false;
        this.#inFlight -= 1;
        this.#proven ||= succeeded;
        this.#pump();
      },
    };
  }
}
