import type { AbortSignalLike } from './contract.ts';

/** The platform's AbortController in the members the channel uses: shared code compiles without DOM and Node types. */
export class Abort {
  private readonly listeners = new Set<() => void>();
  private done = false;
  readonly signal: AbortSignalLike;

  constructor() {
    const isDone = (): boolean => this.done;
    const { listeners } = this;
    this.signal = {
      get aborted() {
        return isDone();
      },
      addEventListener: (_type, listener) => void listeners.add(listener),
      removeEventListener: (_type, listener) => void listeners.delete(listener),
    };
  }

  /** Tells every listener once; one that throws does not keep the others from hearing it. */
  abort(): void {
    if (this.done) return;
    this.done = true;
    const told = [...this.listeners];
    this.listeners.clear();
    for (const listener of told) {
      try {
        listener();
      } catch {
        // Whoever listens answers for itself: stopping must reach all.
      }
    }
  }
}
