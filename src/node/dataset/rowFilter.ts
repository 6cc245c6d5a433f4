import { isAscii, isUtf8 } from 'node:buffer';
import { lacksField } from '../../core/dataset/describeRow.ts';
import { scanLine } from '../../core/dataset/jsonSpans.ts';
import { RowBits } from '../../core/dataset/rowBits.ts';
import type { RowId } from '../../core/dataset/rowOrder.ts';
import { RowSearch } from '../../core/dataset/rowSearch.ts';
import type { Signal } from '../../core/ports.ts';
import type { DatasetFilter } from '../../shared/datasetContract.ts';
import { pacer } from '../review/pace.ts';
import type { DocumentRows } from './documentRows.ts';
import { eachLine } from './eachLine.ts';
import type { LineIndex } from './lineIndex.ts';
import { lineInBatch, walkLines, type Batch } from './lineWalk.ts';
import { idsOf, type RowCheck } from './rowCheck.ts';

const READ_TOGETHER = 200;

export interface FilterParts {
  readonly rows: DocumentRows;
  readonly filter: DatasetFilter;
  /** Fields without which a row counts as lacking one, where the filter names none. */
  readonly needed: readonly string[];
  /** The check of all rows, under way or done. */
  readonly check: () => Promise<{ readonly check: RowCheck; readonly done: Promise<void> }>;
  /** Something more has been looked at. */
  readonly onLook: () => void;
}

/**
 * Which rows a filter shows. It looks at every row once; a row that it shows goes on being shown while it is edited,
 * and inserted rows are shown where they stand, so that nothing vanishes under a person's hands.
 */
export class RowFilter {
  readonly filter: DatasetFilter;
  readonly #parts: FilterParts;
  readonly #rows: DocumentRows;
  readonly #search: RowSearch;
  readonly #needed: readonly string[];
  readonly #members = new RowBits();
  /** Rows that were edited while it looked: what the walk reads of them is old. */
  readonly #touched = new Set<RowId>();
  #shown: Int32Array | null = null;
  #count = 0;
  #share = 0;
  #checking: RowCheck | null = null;

  constructor(parts: FilterParts) {
    this.#parts = parts;
    this.filter = parts.filter;
    this.#rows = parts.rows;
    const { search, field, only } = parts.filter;
    const lacking = only === 'missing-field';
    // Of a field that a row has not there is nothing to search in: then the words are looked for anywhere.
    this.#search = new RowSearch(search, lacking ? null : field);
    this.#needed = field === null ? parts.needed : [field];
  }

  /** Share of the rows that have been looked at. */
  get share(): number {
    return this.#checking === null ? this.#share : this.#checking.share * 0.95;
  }

  get count(): number {
    return this.#shown?.length ?? this.#count;
  }

  slice(from: number, count: number): RowId[] {
    return [...this.#list().subarray(from, from + count)];
  }

  /** Where a row stands among those shown; null when it is hidden. */
  placeOf(id: RowId): number | null {
    const { order } = this.#rows;
    const place = order.placeOf(id);
    if (place === null || !this.#members.has(id)) return null;
    const list = this.#list();
    let low = 0;
    let high = list.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((order.placeOf(list[middle] ?? 0) ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    return list[low] === id ? low : null;
  }

  async run(signal: Signal): Promise<void> {
    switch (this.filter.only) {
      case 'edited':
        await this.#among(this.#edited(), () => true, signal);
        break;
      case 'problems':
      case 'same-id': {
        const check = await this.#checked(signal);
        const test = this.filter.only === 'same-id' ? 'sharesId' : 'hasProblem';
        await this.#among(idsOf(this.#rows.order.runs), (id) => check[test](id), signal);
        break;
      }
      case 'all':
      case 'missing-field':
        await this.#rows.base.using(() => this.#walk(signal));
    }
    this.#share = 1;
    this.#parts.onLook();
  }

  /** Takes note of a change: rows that came are shown, edited ones too if they fit now. */
  async changed(come: Iterable<RowId>, edited: readonly RowId[]): Promise<void> {
    for (const id of come) if (id < 0) this.#members.set(id, true);
    for (const id of edited) this.#touched.add(id);
    await eachLine(this.#rows, edited, (id, { text }) => {
      if (this.#fits(id, text)) this.#members.set(id, true);
    });
    this.#shown = null;
    this.#list();
  }

  #list(): Int32Array {
    this.#shown ??= this.#members.within(this.#rows.order);
    return this.#shown;
  }

  #add(id: RowId): void {
    if (this.#members.has(id)) return;
    this.#members.set(id, true);
    // The list is made when rows are asked for: until then it is enough to count.
    this.#count = this.count + (this.#rows.order.placeOf(id) === null ? 0 : 1);
    this.#shown = null;
  }

  /** Whether an edited row belongs to what is shown; what only other rows decide stays as it was. */
  #fits(id: RowId, text: string | null): boolean {
    const { only } = this.filter;
    if (only === 'edited' && this.#rows.state(id) === 'same') return false;
    if (only === 'problems' || only === 'same-id') return false;
    return text !== null && this.#matches(text);
  }

  #matches(text: string): boolean {
    if (this.filter.only === 'missing-field') {
      const scan = scanLine(text);
      if (scan.kind !== 'record' || !lacksField(scan.fields, this.#needed)) return false;
    }
    return this.#search.matches(text);
  }

  #edited(): RowId[] {
    const { rows } = this.#parts;
    const ids = [...rows.held.keys()].filter((id) => rows.order.placeOf(id) !== null);
    return [...new Set([...ids, ...idsOf(this.#outside())])].filter(
      (id) => rows.state(id) !== 'same',
    );
  }

  /** Rows of the document that are not in the file. */
  #outside(): { from: RowId; count: number }[] {
    const { base, order } = this.#rows;
    const outside = [];
    for (const run of order.runs) {
      for (const part of base.partsOf(run)) if (part.line === null) outside.push(part.run);
    }
    return outside;
  }

  /** Waits for the check of all rows; giving up waiting leaves it running for others. */
  async #checked(signal: Signal): Promise<RowCheck> {
    const { check, done } = await this.#parts.check();
    this.#checking = check;
    const pace = pacer(signal);
    await Promise.race([done, aborted(signal)]);
    await pace();
    this.#checking = null;
    return check;
  }

  /** Shows those of some rows that pass a test and have the words. */
  async #among(ids: Iterable<RowId>, test: (id: RowId) => boolean, signal: Signal): Promise<void> {
    const pace = pacer(signal);
    const some: RowId[] = [];
    const take = async (): Promise<void> => {
      if (this.#search.words.length === 0) for (const id of some) this.#add(id);
      else {
        await eachLine(this.#rows, some, (id, { text }) => {
          if (text !== null && this.#search.matches(text)) this.#add(id);
        });
      }
      some.length = 0;
      this.#parts.onLook();
    };
    let looked = 0;
    for (const id of ids) {
      looked += 1;
      if (test(id)) some.push(id);
      if (some.length >= READ_TOGETHER) await take();
      const turn = (looked & 255) === 0 ? pace() : undefined;
      if (turn !== undefined) await turn;
    }
    await take();
  }

  async #walk(signal: Signal): Promise<void> {
    const { base, held } = this.#rows;
    const pace = pacer(signal);
    const apart = [...new Set([...held.keys(), ...idsOf(this.#outside())])].filter(
      (id) => this.#rows.order.placeOf(id) !== null,
    );
    for (const id of apart) this.#touched.add(id);
    await eachLine(
      this.#rows,
      apart,
      (id, { text }) => {
        if (text !== null && this.#matches(text)) this.#add(id);
      },
      signal,
    );
    for await (const batch of walkLines(base, 0, signal)) {
      for (const more of this.#candidates(base.index, batch)) {
        const id = base.idAt(batch.line + more);
        const bytes = lineInBatch(base, batch, more);
        if (bytes === null || this.#touched.has(id) || !isUtf8(bytes)) continue;
        if (this.#matches(bytes.toString('utf8'))) this.#add(id);
        const turn = pace();
        if (turn !== undefined) await turn;
      }
      this.#share = (batch.line + batch.count) / Math.max(1, base.lines);
      this.#parts.onLook();
      await pace();
    }
  }

  /** Lines of a batch that need a closer look: all but those that plainly have not the rarest word. */
  *#candidates(index: LineIndex, { line, count, bytes }: Batch): Generator<number> {
    const word = this.#search.literal;
    if (bytes === null || word === null) {
      for (let more = 0; more < count; more += 1) yield more;
      return;
    }
    // One character a byte: what is found has the place that it has in the file.
    const text = bytes.toString('latin1').toLowerCase();
    const plain = isAscii(bytes);
    const first = index.startOf(line);
    let start = 0;
    let nextWord = text.indexOf(word);
    let nextEscape = text.indexOf('\\u');
    for (let more = 0; more < count; more += 1) {
      const stop = index.startOf(line + more + 1) - first;
      const isNear = (nextWord >= 0 && nextWord < stop) || (nextEscape >= 0 && nextEscape < stop);
      // Other letters can be read as plain ones: "ﬁ" as "fi".
      if (isNear || (!plain && !isAscii(bytes.subarray(start, stop)))) yield more;
      if (nextWord >= 0 && nextWord < stop) nextWord = text.indexOf(word, stop);
      if (nextEscape >= 0 && nextEscape < stop) nextEscape = text.indexOf('\\u', stop);
      if (plain && nextWord < 0 && nextEscape < 0) return;
      start = stop;
    }
  }
}

function aborted(signal: Signal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
}
