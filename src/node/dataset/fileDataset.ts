import { basename } from 'node:path';
import { clip } from '../../core/dataset/describeRow.ts';
import type { RowId } from '../../core/dataset/rowOrder.ts';
import { addField, removeField, setField } from '../../core/dataset/spanEdit.ts';
import { scanLine } from '../../core/dataset/jsonSpans.ts';
import { AppError, isAppError } from '../../core/errors.ts';
import type { Signal } from '../../core/ports.ts';
import { sentence, type Text } from '../../core/sentence.ts';
import type {
  DatasetFilter,
  DatasetRecord,
  DatasetRow,
  DatasetState,
  RowKey,
} from '../../shared/datasetContract.ts';
import { nodeFs, type Fs } from '../storage/fs.ts';
import { systemCode, translating } from '../storage/storeError.ts';
import { Announcer } from './announcer.ts';
import type { Dataset, DatasetEdit, Edited, Moved, OpenDatasetOptions } from './dataset.ts';
import { keyOf, type Change } from './documentRows.ts';
import { rowWithId } from './findId.ts';
import { WHOLE_BYTES } from './fileStamp.ts';
import { InTurn } from './inTurn.ts';
import { Reading, type ReadingParts } from './reading.ts';
import {
  duplication,
  insertion,
  linePatch,
  moving,
  removal,
  stampOfLine,
  textEdit,
  type Edit,
} from './rowEdits.ts';
import { assertSame, fateOf, rebase, writeDocument } from './saveDocument.ts';

/** A dataset over a file of this computer. */
export class FileDataset implements Dataset {
  readonly #options: OpenDatasetOptions;
  readonly #fs: Fs;
  readonly #turn = new InTurn();
  readonly #states: Announcer<DatasetState>;
  readonly #editListeners = new Set<(edit: DatasetEdit) => void>();
  readonly #parts: ReadingParts;
  #reading: Reading;
  #rev = 1;
  /** Names the content: an edit makes a new one, its undo comes back to the old one. */
  #version = 0;
  #savedVersion = 0;
  #lastVersion = 0;
  #conflict: 'changed' | 'deleted' | null = null;
  #readOnly: string | null;
  #disposed = false;

  private constructor(
    options: OpenDatasetOptions,
    reading: Reading,
    parts: ReadingParts,
    hooks: Hooks,
  ) {
    this.#options = options;
    this.#fs = options.fs ?? nodeFs;
    this.#reading = reading;
    this.#parts = parts;
    this.#readOnly = options.readOnly;
    this.#states = new Announcer(() => this.state());
    hooks.onLook = () => this.#looked();
    hooks.onFailure = (error) => this.#failed(error);
  }

  static async open(options: OpenDatasetOptions): Promise<FileDataset> {
    const hooks: Hooks = { onLook: () => undefined, onFailure: () => undefined };
    const fs = options.fs ?? nodeFs;
    const parts: ReadingParts = {
      fs,
      folder: options.journalFolder,
      inSet: options.set !== null,
      say: options.say ?? String,
      onLook: () => hooks.onLook(),
      onFailure: (error) => hooks.onFailure(error),
    };
    const reading = await openReading(fs, options.path, parts);
    const dataset = new FileDataset(options, reading, parts, hooks);
    dataset.#begin();
    return dataset;
  }

  // ── What is shown ────────────────────────────────────────────────────────────

  state(): DatasetState {
    const { rows, filter, fields, problems, checked } = this.#reading;
    return {
      rev: this.#rev,
      name: basename(this.#options.path),
      bytes: rows.base.size,
      rows: rows.order.length,
      shown: this.#reading.count,
      read: rows.base.read,
      filtered: filter?.share ?? 1,
      filter: this.#reading.filterNow,
      dirty: this.#isDirty(),
      ...rows.counts(),
      problems,
      checked,
      fields: fields.map(({ name, type }) => ({ name, type })),
      readOnly: this.#whyReadOnly(),
      conflict: this.#conflict,
      set: this.#options.set,
    };
  }

  onState(listener: (state: DatasetState) => void): () => void {
    return this.#states.listen(listener);
  }

  onEdit(listener: (edit: DatasetEdit) => void): () => void {
    this.#editListeners.add(listener);
    return () => void this.#editListeners.delete(listener);
  }

  rows(from: number, count: number): Promise<readonly DatasetRow[]> {
    return this.#read((reading) => reading.shown(from, count));
  }

  record(key: RowKey): Promise<DatasetRecord> {
    return this.#read((reading) => reading.record(reading.rows.idOf(key)));
  }

  fieldText(key: RowKey, index: number): Promise<string> {
    return this.#read((reading) => reading.fieldText(reading.rows.idOf(key), index));
  }

  place(key: RowKey): Promise<number | null> {
    const { rows } = this.#reading;
    return Promise.resolve(this.#reading.placeOf(rows.idOf(key)));
  }

  keyOfId(id: string, signal?: Signal): Promise<RowKey | null> {
    return this.#read(async (reading) => {
      await reading.indexed;
      const found = await rowWithId(reading, id, signal ?? new AbortController().signal);
      return found === null ? null : keyOf(found);
    });
  }

  async keyOfLine(line: number): Promise<RowKey | null> {
    const { rows, indexed } = this.#reading;
    if (line > rows.order.length) await indexed;
    const id = rows.order.at(line - 1);
    return id === null ? null : keyOf(id);
  }

  lineOf(key: RowKey): number {
    const { rows } = this.#reading;
    return rows.placeOfRow(rows.idOf(key)) + 1;
  }

  // ── Edits ────────────────────────────────────────────────────────────────────

  setField(
    key: RowKey,
    stamp: string,
    index: number,
    as: 'text' | 'json',
    value: string,
  ): Promise<Edited> {
    return this.#editText(key, stamp, (text) => {
      const name = nameAt(text, index);
      return { patch: setField(text, index, as, value), label: sentence`Edit ${name}` };
    });
  }

  addField(
    key: RowKey,
    stamp: string,
    name: string,
    as: 'text' | 'json',
    value: string,
  ): Promise<Edited> {
    return this.#editText(key, stamp, (text) => ({
      patch: addField(text, name, as, value),
      label: sentence`Add ${clip(name, LABEL_CHARACTERS)}`,
    }));
  }

  removeField(key: RowKey, stamp: string, index: number): Promise<Edited> {
    return this.#editText(key, stamp, (text) => {
      const name = nameAt(text, index);
      return { patch: removeField(text, index), label: sentence`Remove ${name}` };
    });
  }

  setLine(key: RowKey, stamp: string, value: string): Promise<Edited> {
    return this.#editText(key, stamp, (text) => ({
      patch: linePatch(text, value),
      label: sentence`Edit Line`,
    }));
  }

  insert(after: RowKey | null): Promise<Moved> {
    return this.#editRows(sentence`Insert Row`, ({ rows }) =>
      insertion(rows, after, this.#options.set !== null),
    );
  }

  duplicate(keys: readonly RowKey[]): Promise<Moved> {
    const label = keys.length === 1 ? sentence`Duplicate Row` : sentence`Duplicate Rows`;
    return this.#editRows(label, ({ rows }) => duplication(rows, keys));
  }

  remove(keys: readonly RowKey[]): Promise<Moved> {
    const label = keys.length === 1 ? sentence`Delete Row` : sentence`Delete Rows`;
    return this.#editRows(label, ({ rows }) => removal(rows, keys));
  }

  move(keys: readonly RowKey[], before: RowKey | null): Promise<Moved> {
    const label = keys.length === 1 ? sentence`Move Row` : sentence`Move Rows`;
    return this.#editRows(label, ({ rows }) => moving(rows, keys, before));
  }

  filter(filter: DatasetFilter): Promise<{ rev: number }> {
    this.#reading.setFilter(filter);
    return Promise.resolve({ rev: this.#changed() });
  }

  // ── The file ─────────────────────────────────────────────────────────────────

  save(signal: Signal, options: { readonly overwrite?: boolean } = {}): Promise<void> {
    return this.#turn.run(() => translating(this.#options.path, () => this.#save(signal, options)));
  }

  saveAs(path: string, signal: Signal): Promise<void> {
    return this.#turn.run(async () => {
      await this.#reading.indexed;
      await translating(path, () =>
        writeDocument(this.#reading.rows, { fs: this.#fs, path, signal }),
      );
    });
  }

  revert(_signal: Signal): Promise<void> {
    return this.#turn.run(() => this.#reload());
  }

  fileChanged(): Promise<void> {
    return this.#turn.run(async () => {
      if (this.#disposed) return;
      const fate = await fateOf(this.#fs, this.#options.path, this.#reading.rows.base);
      if (fate === 'changed' && !this.#isDirty()) {
        await this.#reload();
        return;
      }
      const conflict = fate === 'same' ? null : fate;
      if (conflict === this.#conflict) return;
      this.#conflict = conflict;
      this.#changed();
    });
  }

  backup(_path: string, _signal: Signal): Promise<void> {
    return Promise.reject(new AppError('unexpected', 'not yet'));
  }

  setReadOnly(reason: string | null): void {
    if (reason === this.#readOnly) return;
    this.#readOnly = reason;
    this.#states.now();
  }

  dispose(): Promise<void> {
    this.#disposed = true;
    this.#states.end();
    this.#editListeners.clear();
    return this.#turn.run(() => this.#reading.end());
  }

  // ── Inside ───────────────────────────────────────────────────────────────────

  #begin(): void {
    const reading = this.#reading;
    void reading.indexed.then(
      () => {
        if (reading.rows.base.size <= WHOLE_BYTES && !this.#disposed) reading.checkAll();
      },
      () => undefined,
    );
  }

  #isDirty(): boolean {
    return this.#version !== this.#savedVersion;
  }

  #whyReadOnly(): string | null {
    const { foreign } = this.#reading.rows.base;
    return this.#readOnly ?? (foreign === null ? null : this.#parts.say(foreign));
  }

  #looked(): void {
    this.#rev += 1;
    this.#states.soon();
  }

  #failed(error: unknown): void {
    if (isAppError(error, 'store.stale')) void this.fileChanged().catch(() => undefined);
  }

  #changed(): number {
    this.#rev += 1;
    this.#states.now();
    return this.#rev;
  }

  /** Reads through the file as it is read now; what fails because the file was changed is looked into. */
  async #read<T>(work: (reading: Reading) => Promise<T>): Promise<T> {
    try {
      return await translating(this.#options.path, () => work(this.#reading));
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  #requireEditable(): void {
    const reason = this.#whyReadOnly();
    if (reason !== null) throw new AppError('store.denied', reason);
  }

  async #editText(
    key: RowKey,
    stamp: string,
    make: (text: string) => { patch: ReturnType<typeof linePatch>; label: Text },
  ): Promise<Edited> {
    return this.#turn.run(async () => {
      this.#requireEditable();
      const { rows } = this.#reading;
      let label: Text = '';
      const edit = await textEdit(rows, key, stamp, (text) => {
        const made = make(text);
        label = made.label;
        return made.patch;
      });
      if (edit === null) return { rev: this.#rev, stamp };
      await this.#commit(label, edit.change);
      const id = rows.idOf(key);
      return { rev: this.#rev, stamp: stampOfLine(await rows.line(id)) };
    });
  }

  #editRows(
    label: Text,
    make: (reading: Reading) => Edit | null | Promise<Edit | null>,
  ): Promise<Moved> {
    return this.#turn.run(async () => {
      this.#requireEditable();
      await this.#reading.indexed;
      const edit = await make(this.#reading);
      if (edit === null) return { rev: this.#rev, keys: [] };
      await this.#commit(label, edit.change);
      return { rev: this.#rev, keys: edit.ids.map((id: RowId) => keyOf(id)) };
    });
  }

  async #commit(label: Text, change: Change): Promise<void> {
    const reading = this.#reading;
    const before = this.#version;
    let back = await reading.apply(change);
    let forth: Change = change;
    this.#lastVersion += 1;
    const after = this.#lastVersion;
    this.#version = after;
    const step = (version: number, direction: 'back' | 'forth'): Promise<void> =>
      this.#turn.run(async () => {
        if (reading !== this.#reading) throw readAnew();
        if (direction === 'back') forth = await reading.apply(back);
        else back = await reading.apply(forth);
        this.#version = version;
        this.#changed();
      });
    this.#changed();
    const edit: DatasetEdit = {
      label: this.#parts.say(label),
      undo: () => step(before, 'back'),
      redo: () => step(after, 'forth'),
    };
    for (const listener of [...this.#editListeners]) listener(edit);
  }

  async #save(signal: Signal, { overwrite = false }: { overwrite?: boolean }): Promise<void> {
    this.#requireEditable();
    const reading = this.#reading;
    const { rows } = reading;
    const { path } = this.#options;
    await reading.indexed;
    const fate = await fateOf(this.#fs, path, rows.base);
    if (fate === 'same' && !this.#isDirty()) return;
    if (!overwrite) assertSame(fate, path);
    const target = await realOr(this.#fs, path, rows.base.path);
    const written = await writeDocument(rows, { fs: this.#fs, path: target, signal });
    await rebase(rows, this.#fs, written, target);
    this.#savedVersion = this.#version;
    this.#conflict = null;
    this.#changed();
  }

  async #reload(): Promise<void> {
    const old = this.#reading;
    const { filterNow } = old;
    this.#reading = await openReading(this.#fs, this.#options.path, this.#parts);
    this.#lastVersion += 1;
    this.#version = this.#lastVersion;
    this.#savedVersion = this.#version;
    this.#conflict = null;
    await old.end();
    this.#begin();
    this.#reading.setFilter(filterNow);
    this.#changed();
  }
}

const LABEL_CHARACTERS = 40;

interface Hooks {
  onLook: () => void;
  onFailure: (error: unknown) => void;
}

function openReading(fs: Fs, path: string, parts: ReadingParts): Promise<Reading> {
  return translating(path, async () => Reading.open(await fs.realpath(path), parts));
}

/** The file that a path leads to; the one it led to where that has been deleted. */
async function realOr(fs: Fs, path: string, before: string): Promise<string> {
  try {
    return await fs.realpath(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return before;
    throw error;
  }
}

function nameAt(text: string, index: number): string {
  const scan = scanLine(text);
  const name = scan.kind === 'record' ? scan.fields[index]?.name : undefined;
  return clip(name ?? '', LABEL_CHARACTERS);
}

function readAnew(): AppError {
  return new AppError(
    'store.stale',
    sentence`The file was read anew since: this step cannot be undone.`,
  );
}
