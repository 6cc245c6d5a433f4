/** Snapshots go out at most this often. */
const EMIT_MS = 100;

/** Counts what changes and tells listeners, never faster than views can follow. */
export class Changes {
  readonly #listeners = new Set<() => void>();
  #rev = 0;
  #timer: NodeJS.Timeout | null = null;
  #told = Number.NEGATIVE_INFINITY;

  get rev(): number {
    return this.#rev;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Something that the views show is different now; the new revision. */
  bump(): number {
    this.#rev += 1;
    this.#schedule();
    return this.#rev;
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#listeners.clear();
  }

  #schedule(): void {
    if (this.#timer !== null || this.#listeners.size === 0) return;
    const wait = Math.max(0, this.#told + EMIT_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#told = performance.now();
      for (const listener of [...this.#listeners]) listener();
    }, wait);
    this.#timer.unref();
  }
}
