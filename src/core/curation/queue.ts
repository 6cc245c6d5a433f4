import type { AbortSignalLike } from '../../shared/contract.ts';
import { searchWords } from '../../shared/searchText.ts';
import type { Filter, Row, Sort } from '../../shared/reviewQueue.ts';
import { goldValue } from '../grading/gold.ts';
import type { Curation } from './curation.ts';
import { sortedByKey, sortKey } from './queueOrder.ts';
import { attemptsNow, type ReviewItem } from './reviewItem.ts';
import { isMistake, rowOf } from './reviewRow.ts';
import { searchTextOf } from './searchText.ts';

/** Items that are looked at between two yields: a few milliseconds where their rows are there already. */
const PIECE = 4000;
/** Rows or search texts that are made between two yields. */
const COSTLY_PIECE = 250;

/** Rows and search texts of a review, made when first needed and kept until a decision changes them. */
export class ReviewIndex {
  readonly #items: ReviewItem[] = [];
  #curation: Curation;
  readonly #rows: (Row | undefined)[] = [];
  readonly #mistakes: (boolean | undefined)[] = [];
  readonly #texts: (string | undefined)[] = [];
  readonly #places = new Map<string, number>();
  /** Whether some item stands behind one that follows it in the data. */
  #shuffled = false;

  constructor(items: readonly ReviewItem[], curation: Curation) {
    this.#curation = curation;
    this.put(items);
  }

  get items(): readonly ReviewItem[] {
    return this.#items;
  }

  /** Puts items where those of the same id stand, new ones behind the last: so a review grows while it is read. */
  put(items: Iterable<ReviewItem>): void {
    for (const item of items) {
      const place = this.#places.get(item.id) ?? this.#items.length;
      if (place === this.#items.length && place > 0) {
        this.#shuffled ||= item.order < (this.#items[place - 1]?.order ?? 0);
      }
      this.#places.set(item.id, place);
      this.#items[place] = item;
      this.#forget(place);
    }
  }

  get curation(): Curation {
    return this.#curation;
  }

  placeOf(id: string): number | undefined {
    return this.#places.get(id);
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
    if (!item) return false;
    return (this.#mistakes[place] ??= isMistake(item, this.#curation));
  }

  /** After decisions: these questions' rows and texts are made anew (all of them without ids). */
  update(curation: Curation, ids?: Iterable<string>): void {
    this.#curation = curation;
    if (ids === undefined) {
      this.#rows.fill(undefined);
      this.#mistakes.fill(undefined);
      this.#texts.fill(undefined);
      return;
    }
    for (const id of ids) {
      const place = this.#places.get(id);
      if (place !== undefined) this.#forget(place);
    }
  }

  #orderAt(place: number): number {
    return this.#items[place]?.order ?? 0;
  }

  #forget(place: number): void {
    this.#rows[place] = undefined;
    this.#mistakes[place] = undefined;
    this.#texts[place] = undefined;
  }

  /**
   * The places of the items that fit, sorted. A generator: each `next` does a bounded piece of work, so that the caller
   * can let others go first; its result is null when the signal aborted.
   */
  *query(
    filter: Filter,
    sort: Sort,
    signal?: AbortSignalLike,
  ): Generator<void, number[] | null, void> {
    const words = searchWords(filter.search);
    const fits = this.#test(filter);
    const found: number[] = [];
    let left = PIECE;
    for (let place = 0; place < this.items.length; place += 1) {
      left -= this.#rows[place] === undefined ? PIECE / COSTLY_PIECE : 1;
      if (left <= 0) {
        yield;
        if (signal?.aborted) return null;
        left = PIECE;
      }
      if (!fits(place)) continue;
      if (words.length > 0) {
        if (this.#texts[place] === undefined) left -= PIECE / COSTLY_PIECE;
        if (!this.#holds(place, words)) continue;
      }
      found.push(place);
    }
    if (signal?.aborted) return null;
    if (this.#shuffled) found.sort((a, b) => this.#orderAt(a) - this.#orderAt(b));
    if (sort === 'data-order') return found;
    return sortedByKey(found, (place) => {
      const row = this.rowAt(place);
      return row === undefined ? 0 : sortKey(row, sort);
    });
  }

  /** Makes rows, and with `texts` the search texts, ahead of the first query, piece by piece. */
  *prepare(what: 'rows' | 'texts'): Generator<void, void, void> {
    for (let place = 0; place < this.items.length; place += 1) {
      if (what === 'rows') {
        this.rowAt(place);
        this.isMistakeAt(place);
      } else this.#textAt(place);
      if (place % COSTLY_PIECE === COSTLY_PIECE - 1) yield;
    }
  }

  #textAt(place: number): string {
    const item = this.items[place];
    if (!item) return '';
    return (this.#texts[place] ??= searchTextOf(item, this.#curation));
  }

  #holds(place: number, words: readonly string[]): boolean {
    const text = this.#textAt(place);
    return words.every((word) => text.includes(word));
  }

  #test(filter: Filter): (place: number) => boolean {
    const tests: ((place: number, row: Row) => boolean)[] = [];
    const { status, by, flags, unflagged, pair, misses, sources, answer, only } = filter;
    if (only) {
      const listed = new Set(only.ids);
      tests.push((place) => listed.has(this.#items[place]?.id ?? ''));
    }
    if (status.length > 0) tests.push((_, row) => status.includes(row.status));
    if (by !== null) tests.push((_, row) => row.by === by);
    if (flags.length > 0) tests.push((_, row) => row.flags.some((flag) => flags.includes(flag)));
    if (unflagged) tests.push((_, row) => row.flags.length === 0);
    if (pair.length > 0) tests.push((_, row) => pair.includes(row.pair));
    if (misses > 0) tests.push((_, row) => row.misses >= misses);
    if (sources.length > 0) tests.push((place) => this.#comesFrom(place, sources));
    const wanted = answer.trim();
    if (wanted !== '') {
      const value = goldValue(wanted) ?? wanted;
      tests.push((place) => this.#answers(place, value));
    }
    return (place) => {
      if (filter.scope === 'mistakes' && !this.isMistakeAt(place)) return false;
      if (tests.length === 0 && filter.scope !== 'taught') return true;
      const row = this.rowAt(place);
      if (row === undefined) return false;
      if (filter.scope === 'taught' && row.candidates === 0) return false;
      return tests.every((test) => test(place, row));
    };
  }

  #comesFrom(place: number, sources: Filter['sources']): boolean {
    const item = this.items[place];
    if (!item) return false;
    const { items, written } = this.#curation;
    return (
      item.candidates.some(({ item: made }) =>
        made.rationale !== null && sources.includes(made.purpose)
          ? true
          : sources.includes('human') && items.get(made.itemId)?.rationale !== undefined,
      ) ||
      (sources.includes('human') && written.has(item.id))
    );
  }

  #answers(place: number, value: string): boolean {
    const item = this.items[place];
    if (!item) return false;
    return attemptsNow(item, this.#curation).some(({ grade }) => grade.value === value);
  }
}
