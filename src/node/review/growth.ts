/** A file that has not grown for so long is nobody's work any more. */
const QUIET_MS = 15_000;

/** How fast something grows that another process writes. */
export class Growth {
  #first: { readonly at: number; readonly count: number } | null = null;
  #last = Number.NEGATIVE_INFINITY;

  mark(count: number): void {
    const at = performance.now();
    if (at - this.#last > QUIET_MS) this.#first = { at, count };
    this.#last = at;
  }

  progress(
    done: number,
    total: number,
  ): { done: number; total: number; etaMs: number | null } | null {
    if (performance.now() - this.#last > QUIET_MS) return null;
    const grown = done - (this.#first?.count ?? done);
    const took = this.#last - (this.#first?.at ?? this.#last);
    const etaMs = grown > 0 && took > 0 ? Math.round((took / grown) * (total - done)) : null;
    return { done, total, etaMs };
  }
}
