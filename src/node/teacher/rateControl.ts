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
const BOUNDS_MS = 5000;
const CUT = 0.7;
/** A bucket that the server announces is nearly right: a refusal in spite of it corrects it only a little. */
const BUCKET_CUT = 0.93;
const GROWTH = 1.03;
/** Clean steps after a cut that go up by `GROWTH` alone: a limit that stays as it is refuses again within them. */
const CAREFUL_STEPS = 5;
/** Behind them each step goes up by a `GROWTH` more than the one before it, up to this. */
const MOST_GROWTH = 1.2;
/** A server's own retry-after up to this long holds back the refused request only, longer ones hold back all. */
const SHORT_WAIT_MS = 2000;

/**
 * How fast requests may leave: requests per second are what is controlled, never the number in flight. Until the
 * first refusal the rate doubles each second; a 429 cuts it to ×0.7, or to what the server lately let through; clean
 * and saturated steps raise it by 3 %, and by more and more once several were clean: the limit has risen. Where the server sends `x-ratelimit-*`, its own bucket is followed instead.
 * Pure: all times are given, in milliseconds.
 */
export class RateControl {
  readonly #options: RateOptions;
  #rate: number;
  #slowStart = true;
  #cleanSteps = 0;
  #nextAt = 0;
  #pausedUntil = 0;
  #lastCut = Number.NEGATIVE_INFINITY;
  #stepStart: number | null = null;
  #stepDispatched = 0;
  #accepted: number[] = [];
  #dispatched = 0;
  #bucket: { level: number; at: number; perMs: number; limit: number } | null = null;
  #bucketFactor = 1;
  #refills: { readonly at: number; readonly low: number; readonly high: number }[] = [];
  #informedBy = -1;
  readonly #sentAt = new Map<number, number>();

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
    // A little is always left in the bucket, because both sides only estimate its level.
    const wanted = 1 + Math.min(1, 0.1 * this.#bucket.limit);
    const missing = wanted - this.#level(now);
    return missing <= 0 ? 0 : missing / (this.#bucket.perMs * this.#bucketFactor);
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
    this.#sentAt.set(this.#dispatched, now);
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
    this.#bucketFactor *= this.#bucket === null ? 1 : BUCKET_CUT;
    this.#rate = Math.max(0.05, this.#rate * CUT, this.#delivered(now));
    this.#rate = Math.min(this.#rate, this.#options.maxRate);
    this.#slowStart = false;
    this.#cleanSteps = 0;
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

  #growth(): number {
    const times = Math.max(1, this.#cleanSteps - CAREFUL_STEPS);
    return Math.min(MOST_GROWTH, GROWTH ** times);
  }

  #advanceStep(now: number): void {
    this.#stepStart ??= now;
    const passed = now - this.#stepStart;
    if (passed < STEP_MS) return;
    const saturated = this.#stepDispatched >= 0.8 * this.#rate * (passed / 1000);
    if (saturated) {
      const grown = this.#rate * (this.#slowStart ? 2 : this.#growth());
      this.#rate = Math.min(this.#options.maxRate, grown);
      this.#cleanSteps += 1;
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
    return Math.min(limit * 1.1, level + (now - at) * perMs * this.#bucketFactor);
  }

  /**
   * The newest word of the server about its bucket, less what left since. It is true of the moment at which the
   * request arrived, so the refill since then counts. A bucket refills (limit − remaining) in the time until it is
   * full; a window leaves its remaining requests for the time until it ends. Servers round
   * `remaining` down, so each word gives only two bounds of the refill; those of the last seconds are taken together.
   */
  #learn(now: number, number: number, info: RateInfo | null): void {
    const sentAt = this.#sentAt.get(number) ?? now;
    this.#sentAt.delete(number);
    if (info === null || number < this.#informedBy) return;
    this.#informedBy = number;
    const used = info.limit - info.remaining;
    const reset = Math.max(1, info.resetMs);
    if (used > 0) {
      // Less than one a second would be a slow bucket: more likely it is a window, which bursts may use up.
      const window = used / reset < 0.001 ? info.remaining : 0;
      const low = Math.max(used - 1, window) / reset;
      const high = Math.max(used, window) / reset;
      this.#refills = this.#refills.filter(({ at }) => at > now - BOUNDS_MS);
      // A word that contradicts the earlier ones means that the limit itself has changed.
      if (this.#refills.some((one) => one.low > high || one.high < low)) this.#refills = [];
      this.#refills.push({ at: now, low, high });
    }
    if (this.#refills.length === 0) return;
    const low = Math.max(...this.#refills.map((one) => one.low));
    const high = Math.min(...this.#refills.map((one) => one.high));
    const perMs = (low + high) / 2;
    const level = info.remaining - (this.#dispatched - number);
    this.#bucket = { level, at: sentAt, perMs, limit: info.limit };
  }
}
