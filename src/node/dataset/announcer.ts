/** While work goes on, at most so often; a person's own act is told at once. */
const EVERY_MS = 200;

/** Tells listeners of a new state, and not more often than they can show it. */
export class Announcer<T> {
  readonly #make: () => T;
  readonly #listeners = new Set<(state: T) => void>();
  #waiting: NodeJS.Timeout | null = null;
  #last = 0;
  #ended = false;

  constructor(make: () => T) {
    this.#make = make;
  }

  listen(listener: (state: T) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  now(): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#waiting = null;
    if (this.#ended) return;
    this.#last = performance.now();
    if (this.#listeners.size === 0) return;
    const state = this.#make();
    for (const listener of [...this.#listeners]) listener(state);
  }

  soon(): void {
    if (this.#waiting !== null || this.#ended) return;
    const wait = Math.max(0, this.#last + EVERY_MS - performance.now());
    this.#waiting = setTimeout(() => this.now(), wait);
  }

  end(): void {
    this.#ended = true;
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#listeners.clear();
  }
}
