import type { Snapshot } from '../../shared/reviewContract.ts';
import type { Row } from '../../shared/reviewQueue.ts';

type Counts = Snapshot['counts'];

/** The counts of a round's mistakes, kept up row by row. */
export class Tally {
  readonly #rows = new Map<string, Row>();
  readonly #counts = {
    total: 0,
    todo: 0,
    accepted: 0,
    edited: 0,
    rejected: 0,
    flagged: 0,
    byRule: 0,
    pairs: 0,
  };

  get counts(): Counts {
    return { ...this.#counts };
  }

  /** The row of a mistake as it is now; null for a question that is none. */
  set(id: string, row: Row | null): void {
    const before = this.#rows.get(id);
    if (before) this.#add(before, -1);
    if (row) {
      this.#add(row, 1);
      this.#rows.set(id, row);
    } else this.#rows.delete(id);
  }

  #add(row: Row, sign: 1 | -1): void {
    this.#counts.total += sign;
    this.#counts[row.status] += sign;
    if (row.flags.length > 0) this.#counts.flagged += sign;
    if (row.by === 'rule') this.#counts.byRule += sign;
    if (row.pair === 'keep') this.#counts.pairs += sign;
  }
}
