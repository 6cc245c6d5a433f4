import type { RateInfo } from './rateHeaders.ts';

export interface RateOptions {
  /** Requests per second to begin with. */
  readonly initialRate: number;
  readonly maxRate: number;
  /** A cut is made at most once in this time, so that one burst of refusals counts once. */
  readonly cooldownMs: number;
}

const STEP_MS = 1000;
const WINDOW_MS = 2000;
const CUT = 0.7;
const GROWTH = 1.03;
/** A server's own retry-after up to this long holds back the refused request only, longer ones hold back all. */
const SHORT_WAIT_MS = 2000;

/**
 * How fast requests may leave: requests per second are what is controlled, never the number in flight. Until the
 * first refusal the rate doubles each second; a 429 cuts it to ×0.7, or to what the server lately let through; clean
 * and saturated steps raise it by 3 %. Where the server sends `x-ratelimit-*`, its own bucket is followed instead.
 * Pure: all times are given, in milliseconds.
 */
export class RateControl {
  readonly #options: RateOptions;
  #rate: number;
  #slowStart = true;
  #nextAt = 0;
  #pausedUntil = 0;
  #lastCut = Number.NEGATIVE_INFINITY;
  #stepStart: number | null = null;
  #stepDispatched = 0;
  #accepted: number[] = [];
  #dispatched = 0;
  #bucket: { level: number; at: number; perMs: number; limit: number } | null = null;
  #bucketFactor = 1;
  #informedBy = -1;

  constructor(options: RateOptions) {
    this.#options = options;
    this.#rate = options.initialRate;
  }

  /** Requests per second now. */
  get rate(): number {
    return this.#bucket === null ? this.#rate : this.#bucket.perMs * this.#bucketFactor * 1000;
  }

  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  /** How long the next request must still wait; 0 = it may leave. */
  delay(now: number): number {
    const pause = this.#pausedUntil - now;
    if (pause > 0) return pause;
    if (this.#bucket === null) return Math.max(0, this.#nextAt - now);
    const level = this.#level(now);
    if (level >= 1) return 0;
    return (1 - level) / (this.#bucket.perMs * this.#bucketFactor);
  }

  /** A request leaves now. Returns its number, to be given back with its answer. */
  dispatch(now: number): number {
    this.#advanceStep(now);
    this.#stepDispatched += 1;
    this.#nextAt = Math.max(now, this.#nextAt) + 1000 / this.#rate;
    if (this.#bucket !== null) {
      this.#bucket.level = this.#level(now) - 1;
      this.#bucket.at = now;
    }
    this.#dispatched += 1;
    return this.#dispatched;
  }

  /** The server took request `number`, and perhaps said what is left. */
  accepted(now: number, number: number, info: RateInfo | null): void {
    this.#accepted.push(now);
    this.#learn(now, number, info);
  }

  /** The server refused request `number` for its rate. */
  limited(now: number, number: number, info: RateInfo | null, retryAfterMs: number | null): void {
    this.#learn(now, number, info);
    if (retryAfterMs !== null && retryAfterMs > SHORT_WAIT_MS) {
      this.#pausedUntil = Math.max(this.#pausedUntil, now + retryAfterMs);
    }
    if (now - this.#lastCut < this.#options.cooldownMs) return;
    this.#lastCut = now;
    this.#bucketFactor *= this.#bucket === null ? 1 : CUT;
    this.#rate = Math.max(0.05, this.#rate * CUT, this.#delivered(now));
    this.#rate = Math.min(this.#rate, this.#options.maxRate);
    this.#slowStart = false;
    this.#nextAt = Math.max(this.#nextAt, now + 1000 / this.#rate);
    this.#stepStart = now;
    this.#stepDispatched = 0;
  }

  /** What lately got through, per second and with a little less: the best guess of the limit itself. */
  #delivered(now: number): number {
    this.#accepted = this.#accepted.filter((at) => at > now - WINDOW_MS);
    const first = this.#accepted[0];
    if (first === undefined || this.#slowStart || now - first < WINDOW_MS / 2) return 0;
    return Math.min(this.#rate * 0.97, (this.#accepted.length / (now - first)) * 1000 * 0.97);
  }

  #advanceStep(now: number): void {
    this.#stepStart ??= now;
    const passed = now - this.#stepStart;
    if (passed < STEP_MS) return;
    const saturated = this.#stepDispatched >= 0.8 * this.#rate * (passed / 1000);
    if (saturated) {
      const grown = this.#rate * (this.#slowStart ? 2 : GROWTH);
      this.#rate = Math.min(this.#options.maxRate, grown);
    }
    if (now - this.#lastCut >= this.#options.cooldownMs) {
      this.#bucketFactor = Math.min(1, this.#bucketFactor * GROWTH);
    }
    this.#stepStart = now;
    this.#stepDispatched = 0;
  }

  #level(now: number): number {
    if (this.#bucket === null) return 0;
    const { level, at, perMs, limit } = this.#bucket;
    return Math.min(limit, level + (now - at) * perMs * this.#bucketFactor);
  }

  /**
   * The newest word of the server about its bucket, less what left since. A bucket refills (limit − remaining) in the
   * time until it is full; a window leaves its remaining requests for the time until it ends: the larger one is meant.
   */
  #learn(now: number, number: number, info: RateInfo | null): void {
    if (info === null || number < this.#informedBy) return;
    this.#informedBy = number;
    const used = info.limit - info.remaining;
    const reset = Math.max(1, info.resetMs);
    const perMs = Math.max(used, info.remaining) / reset;
    if (used === 0 && this.#bucket === null) return;
    this.#bucket = {
      level: info.remaining - (this.#dispatched - number),
      at: now,
      perMs: used === 0 ? (this.#bucket?.perMs ?? perMs) : perMs,
      limit: info.limit,
    };
  }
}
