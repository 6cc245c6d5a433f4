/** Anything that must be ended once. */
export interface Disposable {
  dispose(): unknown;
}

/**
 * Owns disposables: ends them in reverse order, each on its own, so that one that throws leaves the others no worse
 * off; what is added after the end is ended at once.
 */
export class DisposableStore implements Disposable {
  readonly #owned: Disposable[] = [];
  readonly #onError: (error: unknown) => void;
  #disposed = false;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  add<T extends Disposable>(disposable: T): T {
    if (this.#disposed) this.#end(disposable);
    else this.#owned.push(disposable);
    return disposable;
  }

  dispose(): void {
    this.#disposed = true;
    for (const disposable of this.#owned.splice(0).reverse()) this.#end(disposable);
  }

  #end(disposable: Disposable): void {
    try {
      disposable.dispose();
    } catch (error) {
      this.#onError(error);
    }
  }
}
