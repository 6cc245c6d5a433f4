import type { AbortSignalLike } from '../../shared/contract.ts';
import type { Filter, Row, Sort } from '../../shared/reviewContract.ts';
import type { Curation } from './curation.ts';
import type { ReviewItem } from './reviewItem.ts';
import { isMistake, rowOf } from './reviewRow.ts';

/** Rows and search texts of a review, made when first needed and kept until a decision changes them. */
export class ReviewIndex {
  readonly items: readonly ReviewItem[];
  #curation: Curation;
  readonly #rows: (Row | undefined)[];
  readonly #places: ReadonlyMap<string, number>;

  constructor(items: readonly ReviewItem[], curation: Curation) {
    this.items = items;
    this.#curation = curation;
    this.#rows = [];
    this.#places = new Map(items.map(({ id }, place) => [id, place]));
  }

  item(id: string): ReviewItem | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.items[place];
  }

  row(id: string): Row | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.rowAt(place);
  }

  rowAt(place: number): Row | undefined {
    const item = this.items[place];
    if (!item) return undefined;
    return (this.#rows[place] ??= rowOf(item, this.#curation));
  }

  isMistakeAt(place: number): boolean {
    const item = this.items[place];
    return item !== undefined && isMistake(item, this.#curation);
  }

  /** After decisions: these questions' rows are made anew (all of them without ids). */
  update(curation: Curation, ids?: Iterable<string>): void {
    this.#curation = curation;
    if (ids === undefined) {
      this.#rows.length = 0;
      return;
    }
    for (const id of ids) {
      const place = this.#places.get(id);
      if (place !== undefined) this.#rows[place] = undefined;
    }
  }

  /**
   * The places of the items that fit, sorted. A generator: each `next` does a bounded piece of work, so that the caller
   * can let others go first; returns null when the signal aborted.
   */
  *query(
    filter: Filter,
    sort: Sort,
    signal?: AbortSignalLike,
  ): Generator<void, readonly number[] | null> {
    void sort;
    const found: number[] = [];
    for (let place = 0; place < this.items.length; place += 1) {
      if (signal?.aborted) return null;
      if (filter.scope === 'mistakes' && !this.isMistakeAt(place)) continue;
      found.push(place);
      if (place % 1000 === 999) yield;
    }
    return found;
  }

  /** Makes rows and search texts ahead of the first query, piece by piece. */
  *prepare(): Generator<void, void> {
    for (let place = 0; place < this.items.length; place += 1) {
      this.rowAt(place);
      if (place % 500 === 499) yield;
    }
  }
}

/** Runs a query to its end at once. */
export function runQuery<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
