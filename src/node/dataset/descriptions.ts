import type { RowDescription } from '../../core/dataset/describeRow.ts';
import type { RowId } from '../../core/dataset/rowOrder.ts';

/** What scrolls past once is soon asked for again; more than a few screens of it is not. */
const KEPT = 4_000;

/** Descriptions of the rows that were shown last. */
export class Descriptions {
  readonly #kept = new Map<RowId, RowDescription>();

  get(id: RowId): RowDescription | undefined {
    const found = this.#kept.get(id);
    if (found === undefined) return undefined;
    this.#kept.delete(id);
    this.#kept.set(id, found);
    return found;
  }

  set(id: RowId, description: RowDescription): void {
    this.#kept.set(id, description);
    if (this.#kept.size <= KEPT) return;
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      break;
    }
  }

  forget(ids: Iterable<RowId>): void {
    for (const id of ids) this.#kept.delete(id);
  }

  clear(): void {
    this.#kept.clear();
  }
}
