import { assessRow, type Assessment } from '../../core/dataset/describeRow.ts';
import { hashId, IdTable, type IdHash } from '../../core/dataset/idTable.ts';
import { idIn, type RowId, type Run } from '../../core/dataset/rowOrder.ts';
import type { Signal } from '../../core/ports.ts';
import { pacer } from '../review/pace.ts';
import type { DocumentRows } from './documentRows.ts';
import { eachLine } from './eachLine.ts';
import { textsOf, walkLines } from './lineWalk.ts';

/** Ids of more rows than these are not compared: they would take more memory than an editor may. */
const MAX_ROWS_WITH_IDS = 3_000_000;

const SEEN = 1;
const UNSOUND = 2;
const WITH_ID = 4;

/** What is known of one row: `id` is a hash, null where it has none or ids are not compared. */
interface Verdict {
  readonly sound: boolean;
  readonly id: IdHash | null;
}

/** Looks once at every row for what is wrong with it, and keeps what it found in step with the edits. */
export class RowCheck {
  readonly #rows: DocumentRows;
  readonly #inSet: boolean;
  readonly #states: Uint8Array;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #inserted = new Map<RowId, Verdict>();
  readonly #ids: IdTable | null;
  #unsound = 0;
  #looked = 0;
  #total = 1;
  #running: Promise<void> | null = null;
  #done = false;

  /** All lines of the file have to be known. */
  constructor(rows: DocumentRows, inSet: boolean) {
    this.#rows = rows;
    this.#inSet = inSet;
    const lines = rows.base.lines;
    this.#states = new Uint8Array(lines);
    const withIds = lines <= MAX_ROWS_WITH_IDS;
    this.#high = new Uint32Array(withIds ? lines : 0);
    this.#low = new Uint32Array(withIds ? lines : 0);
    this.#ids = withIds ? new IdTable(lines) : null;
  }

  /** Share of the rows that have been looked at. */
  get share(): number {
    return this.#done ? 1 : this.#looked / this.#total;
  }

  /** Rows of the document with a problem, of those looked at. */
  get problems(): number {
    return this.#unsound + (this.#inSet ? (this.#ids?.sharedSound ?? 0) : 0);
  }

  /** Whether the row alone is wrong, as far as it was looked at. */
  isUnsound(id: RowId): boolean {
    return this.#verdict(id)?.sound === false;
  }

  /** Whether another row has the same id, as far as they were looked at. */
  sharesId(id: RowId): boolean {
    const hash = this.#verdict(id)?.id ?? null;
    return hash !== null && this.#ids?.isShared(hash) === true;
  }

  hasProblem(id: RowId): boolean {
    return this.isUnsound(id) || (this.#inSet && this.sharesId(id));
  }

  /** Rows that may have an id; null where that is not known without looking into the file. */
  rowsWithId(id: string): RowId[] | null {
    if (!this.#done || this.#ids === null) return null;
    const { high, low } = hashId(id);
    const found: RowId[] = [];
    for (let line = 0; line < this.#high.length; line += 1) {
      if (this.#low[line] === low && this.#high[line] === high) found.push(line);
    }
    for (const [row, { id: hash }] of this.#inserted) {
      if (hash?.high === high && hash.low === low) found.push(row);
    }
    return found;
  }

  /** Looks at every row once; later calls wait for the first. `onLook` hears of rows as they are looked at. */
  run(signal: Signal, onLook: () => void): Promise<void> {
    this.#running ??= this.#rows.base.using(() => this.#runOnce(signal, onLook));
    return this.#running;
  }

  /** Takes note of a change that has been made: rows that went, came back or came new, and rows that say another thing. */
  async changed(change: {
    readonly gone: readonly Run[];
    readonly come: readonly Run[];
    readonly edited: readonly RowId[];
  }): Promise<void> {
    if (this.#running === null) return;
    const pace = pacer();
    for (const id of idsOf(change.gone)) {
      const verdict = this.#verdict(id);
      if (verdict !== null) this.#count(verdict, -1);
      const turn = pace();
      if (turn !== undefined) await turn;
    }
    const unseen: RowId[] = [...change.edited];
    for (const id of change.edited) {
      const verdict = this.#verdict(id);
      if (verdict !== null) this.#count(verdict, -1);
      this.#forget(id);
    }
    for (const id of idsOf(change.come)) {
      const verdict = this.#verdict(id);
      if (verdict === null) unseen.push(id);
      else this.#count(verdict, 1);
      const turn = pace();
      if (turn !== undefined) await turn;
    }
    await this.#look(unseen);
  }

  async #runOnce(signal: Signal, onLook: () => void): Promise<void> {
    const { base } = this.#rows;
    const pace = pacer(signal);
    this.#total = Math.max(1, base.lines);
    await this.#look(this.#apart());
    for await (const batch of walkLines(base, 0, signal)) {
      let line = batch.line;
      for (const text of textsOf(base, batch)) {
        const id = base.idAt(line);
        if (this.#verdict(id) === null) this.#take(id, text);
        line += 1;
        const turn = (line & 31) === 0 ? pace() : undefined;
        if (turn !== undefined) await turn;
      }
      this.#looked = batch.line + batch.count;
      onLook();
      await pace();
    }
    this.#done = true;
    onLook();
  }

  /** Rows of the document that the walk over the file does not meet as they are now. */
  #apart(): RowId[] {
    const { base, order, held } = this.#rows;
    const apart = [...held.keys()].filter((id) => order.placeOf(id) !== null);
    for (const run of order.runs) {
      for (const part of base.partsOf(run)) {
        if (part.line === null) apart.push(...[...idsOf([part.run])].filter((id) => !held.has(id)));
      }
    }
    return apart;
  }

  async #look(ids: readonly RowId[]): Promise<void> {
    await eachLine(this.#rows, ids, (id, { text }) => {
      if (this.#verdict(id) === null) this.#take(id, text);
    });
  }

  #take(id: RowId, text: string | null): void {
    const found: Assessment =
      text === null ? { sound: false, id: null } : assessRow(text, this.#inSet);
    const hash = found.id === null || this.#ids === null ? null : hashId(found.id);
    const verdict = { sound: found.sound, id: hash };
    if (id < 0) this.#inserted.set(id, verdict);
    else {
      this.#states[id] = SEEN | (found.sound ? 0 : UNSOUND) | (hash === null ? 0 : WITH_ID);
      if (hash !== null) {
        this.#high[id] = hash.high;
        this.#low[id] = hash.low;
      }
    }
    if (this.#rows.order.placeOf(id) !== null) this.#count(verdict, 1);
  }

  #forget(id: RowId): void {
    if (id < 0) this.#inserted.delete(id);
    else this.#states[id] = 0;
  }

  #verdict(id: RowId): Verdict | null {
    if (id < 0) return this.#inserted.get(id) ?? null;
    const state = this.#states[id] ?? 0;
    if ((state & SEEN) === 0) return null;
    const hash = { high: this.#high[id] ?? 0, low: this.#low[id] ?? 0 };
    return { sound: (state & UNSOUND) === 0, id: (state & WITH_ID) === 0 ? null : hash };
  }

  #count({ sound, id }: Verdict, by: 1 | -1): void {
    if (!sound) this.#unsound += by;
    if (id === null || this.#ids === null) return;
    if (by === 1) this.#ids.add(id, sound);
    else this.#ids.remove(id, sound);
  }
}

/** The rows of some runs, one by one. */
export function* idsOf(runs: readonly Run[]): Generator<RowId> {
  for (const run of runs) {
    for (let steps = 0; steps < run.count; steps += 1) yield idIn(run, steps);
  }
}
