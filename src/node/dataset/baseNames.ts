import type { RowId, Run, Splice } from '../../core/dataset/rowOrder.ts';
import type { BaseFile } from './baseFile.ts';

/** Names rows as the journal does: by the lines of the file as it is now, the others by numbers of their own. */
export class BaseNames {
  readonly #names = new Map<RowId, RowId>();
  readonly #base: BaseFile;
  #next = 0;
  #fresh: RowId[] = [];

  constructor(base: BaseFile) {
    this.#base = base;
  }

  of(id: RowId): RowId {
    const line = this.#base.lineOf(id);
    if (line !== null) return line;
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const name = -1 - this.#next;
    this.#next += 1;
    this.#names.set(id, name);
    this.#fresh.push(id);
    return name;
  }

  runs(runs: readonly Run[]): Run[] {
    const named: Run[] = [];
    for (const run of runs) {
      for (const { run: part, line } of this.#base.partsOf(run)) {
        if (line !== null) named.push({ from: line, count: part.count });
        else for (const id of ids(part)) add(named, this.of(id));
      }
    }
    return named;
  }

  splices(splices: readonly Splice[]): Splice[] {
    return splices.map(({ at, remove, insert }) => ({ at, remove, insert: this.runs(insert) }));
  }

  /** Rows that were named for the first time since the last call. */
  takeFresh(): RowId[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  /** Forgets names that did not get into the journal. */
  forget(fresh: readonly RowId[]): void {
    for (const id of fresh) this.#names.delete(id);
  }
}

function* ids({ from, count }: Run): Generator<RowId> {
  for (let steps = 0; steps < count; steps += 1) yield from >= 0 ? from + steps : from - steps;
}

function add(runs: Run[], name: RowId): void {
  const last = runs.at(-1);
  if (last !== undefined && last.from < 0 && last.from - last.count === name) {
    runs[runs.length - 1] = { from: last.from, count: last.count + 1 };
  } else runs.push({ from: name, count: 1 });
}
