/** The trainer beats every 5 s; this much silence is shown as "not responding". Nothing is ever ended for it. */
export const SILENCE_MS = 60_000;

/** Notices that a trainer says nothing. Times are the host's own clock at arrival, in ms. */
export class SilenceWatch {
  readonly #limitMs: number;
  #lastAt: number;

  constructor(now: number, limitMs: number = SILENCE_MS) {
    this.#limitMs = limitMs;
    this.#lastAt = now;
  }

  heard(now: number): void {
    this.#lastAt = now;
  }

  /** Milliseconds of silence once they reach the limit, otherwise null; a clock that jumped back starts anew. */
  silentFor(now: number): number | null {
    if (now < this.#lastAt) this.#lastAt = now;
    const silent = now - this.#lastAt;
    return silent >= this.#limitMs ? silent : null;
  }
}
