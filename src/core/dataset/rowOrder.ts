/**
 * Rows in a sequence. A row's number stays with it: n ≥ 0 is the n-th line of the file as it was opened, −1 − k the
 * k-th row inserted since. Each number occurs at most once in an order.
 */
export type RowId = number;

/** Rows with consecutive numbers: of lines n, n + 1, …; of inserted rows k, k + 1, … (their ids go down). */
export interface Run {
  readonly from: RowId;
  readonly count: number;
}

/** At a place of the order as it was: so many rows go, these come. */
export interface Splice {
  readonly at: number;
  readonly remove: number;
  readonly insert: readonly Run[];
}

/** The id that stands `steps` after the first of a run. */
export function idIn(run: Run, steps: number): RowId {
  return run.from >= 0 ? run.from + steps : run.from - steps;
}

interface Place {
  /** Ascending: n, or k for inserted rows. */
  readonly number: number;
  readonly count: number;
  readonly place: number;
}

/** A piece table of row numbers: edits cost the number of its pieces, which edits make, not the number of rows. */
export class RowOrder {
  #runs: Run[];
  #length: number;
  #starts: Float64Array | null = null;
  #lines: Place[] | null = null;
  #inserted: Place[] | null = null;

  constructor(lines: number) {
    this.#runs = lines === 0 ? [] : [{ from: 0, count: lines }];
    this.#length = lines;
  }

  static of(runs: readonly Run[]): RowOrder {
    const order = new RowOrder(0);
    order.apply([{ at: 0, remove: 0, insert: runs }]);
    return order;
  }

  get length(): number {
    return this.#length;
  }

  get runs(): readonly Run[] {
    return this.#runs;
  }

  copy(): RowOrder {
    const other = new RowOrder(0);
    other.#runs = [...this.#runs];
    other.#length = this.#length;
    return other;
  }

  /** The row at a place from 0, or null past the end. */
  at(place: number): RowId | null {
    if (place < 0 || place >= this.#length) return null;
    const index = this.#runAt(place);
    const run = this.#runs[index];
    return run === undefined ? null : idIn(run, place - this.#startOf(index));
  }

  /** The runs that make up the places from `from`, cut to fit. */
  slice(from: number, count: number): Run[] {
    const found: Run[] = [];
    let left = Math.min(count, this.#length - from);
    if (left <= 0) return found;
    let index = this.#runAt(from);
    let skip = from - this.#startOf(index);
    while (left > 0) {
      const run = this.#runs[index];
      if (run === undefined) break;
      const taken = Math.min(run.count - skip, left);
      found.push({ from: idIn(run, skip), count: taken });
      left -= taken;
      skip = 0;
      index += 1;
    }
    return found;
  }

  /** Where a row stands, or null where it does not. */
  placeOf(id: RowId): number | null {
    const number = id >= 0 ? id : -1 - id;
    const places = this.#placesOf(id >= 0);
    const found = places[lastAtOrBefore(places, number)];
    if (found === undefined || number >= found.number + found.count) return null;
    return found.place + number - found.number;
  }

  /** A run cut where it stops standing in one piece here: each part with its place, null where it is absent. */
  *partsOf(run: Run): Generator<{ readonly run: Run; readonly place: number | null }> {
    const places = this.#placesOf(run.from >= 0);
    const first = run.from >= 0 ? run.from : -1 - run.from;
    const part = (number: number, count: number): Run => ({
      from: run.from >= 0 ? number : -1 - number,
      count,
    });
    const end = first + run.count;
    let at = first;
    let index = Math.max(0, lastAtOrBefore(places, first));
    while (at < end) {
      const next = places[index];
      if (next === undefined || next.number >= end) {
        yield { run: part(at, end - at), place: null };
        return;
      }
      if (next.number > at) yield { run: part(at, next.number - at), place: null };
      at = Math.max(at, next.number);
      const stop = Math.min(end, next.number + next.count);
      if (stop > at) {
        yield { run: part(at, stop - at), place: next.place + at - next.number };
        at = stop;
      }
      index += 1;
    }
  }

  /**
   * Makes all splices at once; they ascend and do not overlap. Returns what takes them back, in the same form.
   */
  apply(splices: readonly Splice[]): Splice[] {
    const out: Run[] = [];
    const inverse: Splice[] = [];
    const source = new RunReader(this.#runs);
    let shift = 0;
    for (const { at, remove, insert } of splices) {
      if (at < source.place || at + remove > this.#length) {
        throw new RangeError('splices ascend and stay inside the order');
      }
      source.take(at - source.place, (run) => push(out, run));
      const removed: Run[] = [];
      source.take(remove, (run) => push(removed, run));
      let added = 0;
      for (const run of insert) {
        push(out, run);
        added += run.count;
      }
      inverse.push({ at: at + shift, remove: added, insert: removed });
      shift += added - remove;
    }
    source.take(this.#length - source.place, (run) => push(out, run));
    this.#runs = out;
    this.#length += shift;
    this.#forget();
    return inverse;
  }

  /** More lines of the file have been read; only an order that nothing has changed yet can grow. */
  grow(lines: number): void {
    if (lines === this.#length) return;
    this.#runs = [{ from: 0, count: lines }];
    this.#length = lines;
    this.#forget();
  }

  #forget(): void {
    this.#starts = null;
    this.#lines = null;
    this.#inserted = null;
  }

  #startOf(index: number): number {
    return this.#allStarts()[index] ?? 0;
  }

  #allStarts(): Float64Array {
    if (this.#starts !== null) return this.#starts;
    const starts = new Float64Array(this.#runs.length);
    let place = 0;
    this.#runs.forEach((run, index) => {
      starts[index] = place;
      place += run.count;
    });
    this.#starts = starts;
    return starts;
  }

  #runAt(place: number): number {
    const starts = this.#allStarts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #placesOf(lines: boolean): Place[] {
    const kept = lines ? this.#lines : this.#inserted;
    if (kept !== null) return kept;
    const starts = this.#allStarts();
    const places: Place[] = [];
    this.#runs.forEach(({ from, count }, index) => {
      if (from >= 0 !== lines) return;
      places.push({ number: lines ? from : -1 - from, count, place: starts[index] ?? 0 });
    });
    places.sort((a, b) => a.number - b.number);
    if (lines) this.#lines = places;
    else this.#inserted = places;
    return places;
  }
}

/** Reads runs on from a place and cuts them where it is told to. */
class RunReader {
  place = 0;
  readonly #runs: readonly Run[];
  #index = 0;
  #used = 0;

  constructor(runs: readonly Run[]) {
    this.#runs = runs;
  }

  take(count: number, onRun: (run: Run) => void): void {
    let left = count;
    while (left > 0) {
      const run = this.#runs[this.#index];
      if (run === undefined) return;
      const taken = Math.min(left, run.count - this.#used);
      onRun({ from: idIn(run, this.#used), count: taken });
      left -= taken;
      this.#used += taken;
      if (this.#used === run.count) {
        this.#index += 1;
        this.#used = 0;
      }
    }
    this.place += count;
  }
}

function push(runs: Run[], run: Run): void {
  if (run.count === 0) return;
  const last = runs.at(-1);
  // The row after the last one of a run; a run of inserted rows never goes on into one of lines.
  if (
    last !== undefined &&
    last.from >= 0 === run.from >= 0 &&
    idIn(last, last.count) === run.from
  ) {
    runs[runs.length - 1] = { from: last.from, count: last.count + run.count };
  } else runs.push(run);
}

/** The last of the places whose number is not above this one; −1 where there is none. */
function lastAtOrBefore(places: readonly Place[], number: number): number {
  let low = -1;
  let high = places.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((places[middle]?.number ?? 0) <= number) low = middle;
    else high = middle - 1;
  }
  return low;
}
