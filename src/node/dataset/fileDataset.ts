import { basename } from 'node:path';
import { clip } from '../../core/dataset/describeRow.ts';
import { addField, removeField, setField } from '../../core/dataset/spanEdit.ts';
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
import { systemClock } from '../storage/systemClock.ts';
import { translating } from '../storage/storeError.ts';
import { Announcer } from './announcer.ts';
import type {
  Dataset,
  DatasetEdit,
  Edited,
  Moved,
  OpenDatasetOptions,
  Recovery,
} from './dataset.ts';
import { EditHistory } from './editHistory.ts';
import { EditJournal, isUntouched } from './editJournal.ts';
import { rowWithId } from './findId.ts';
import { InTurn } from './inTurn.ts';
import { openReading } from './openReading.ts';
import { recoverEdits } from './recoverEdits.ts';
import type { Reading, ReadingParts } from './reading.ts';
import {
  LABEL_CHARACTERS,
  nameAt,
  duplication,
  insertion,
  linePatch,
  moving,
  removal,
  stampOfLine,
  textEdit,
  type Edit,
} from './rowEdits.ts';
import { stateOf } from './stateOf.ts';
import { fateOf, saveOver, writeDocument } from './saveDocument.ts';

/** A dataset over a file of this computer. */
export class FileDataset implements Dataset {
  readonly #options: OpenDatasetOptions;
  readonly #fs: Fs;
  readonly #turn = new InTurn();
  readonly #states: Announcer<DatasetState>;
  readonly #history: EditHistory;
  readonly #parts: ReadingParts;
  #reading: Reading;
  #journal: EditJournal;
  #recovery: Recovery | null = null;
  #rev = 1;
  #readings = 0;
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
    this.#journal = this.#newJournal(undefined);
    this.#parts = parts;
    this.#readOnly = options.readOnly;
    this.#states = new Announcer(() => this.state());
    this.#history = new EditHistory({
      inTurn: (work) => this.#inTurn(work),
      reading: () => this.#reading,
      journal: () => this.#journal,
      onChange: () => void this.#changed(),
    });
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
      wholeBytes: options.wholeBytes,
      say: options.say ?? String,
      onLook: () => hooks.onLook(),
      onFailure: (error) => hooks.onFailure(error),
    };
    const reading = await openReading(options.path, parts, 0);
    const dataset = new FileDataset(options, reading, parts, hooks);
    await dataset.#recover();
    dataset.#begin();
    return dataset;
  }

  state(): DatasetState {
    return stateOf(this.#reading, {
      rev: this.#rev,
      name: basename(this.#options.path),
      dirty: this.#history.isDirty,
      readOnly: this.#whyReadOnly(),
      conflict: this.#conflict,
      set: this.#options.set,
    });
  }

  onState(listener: (state: DatasetState) => void): () => void {
    return this.#states.listen(listener);
  }

  onEdit(listener: (edit: DatasetEdit) => void): () => void {
    return this.#history.listen(listener);
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
      return found === null ? null : reading.rows.keyOf(found);
    });
  }

  async keyOfLine(line: number): Promise<RowKey | null> {
    const { rows, indexed } = this.#reading;
    if (line > rows.order.length) await indexed;
    const id = rows.order.at(line - 1);
    return id === null ? null : rows.keyOf(id);
  }

  lineOf(key: RowKey): number {
    const { rows } = this.#reading;
    return rows.placeOfRow(rows.idOf(key)) + 1;
  }

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

  save(signal: Signal, options: { readonly overwrite?: boolean } = {}): Promise<void> {
    return this.#inTurn(() => this.#save(signal, options));
  }

  saveAs(path: string, signal: Signal): Promise<void> {
    return this.#turn.run(() =>
      translating(path, async () => {
        const { rows } = await this.#whole();
        await writeDocument(rows, { fs: this.#fs, path, signal });
      }),
    );
  }

  revert(_signal: Signal): Promise<void> {
    return this.#inTurn(() => this.#reload());
  }

  fileChanged(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#disposed) return;
      const fate = await fateOf(this.#fs, this.#options.path, this.#reading.rows.base);
      if (fate === 'changed' && !this.#history.isDirty) {
        await this.#reload();
        return;
      }
      const conflict = fate === 'same' ? null : fate;
      if (conflict === this.#conflict) return;
      this.#conflict = conflict;
      this.#changed();
    });
  }

  backup(path: string, _signal: Signal): Promise<void> {
    return this.#turn.run(() =>
      translating(path, async () => {
        await this.#whole();
        await this.#journal.writeAll(path);
      }),
    );
  }

  recovery(): Recovery | null {
    return this.#recovery;
  }

  setReadOnly(reason: string | null): void {
    if (reason === this.#readOnly) return;
    this.#readOnly = reason;
    this.#states.now();
  }

  dispose({ discard = false }: { readonly discard?: boolean } = {}): Promise<void> {
    this.#disposed = true;
    this.#states.end();
    this.#history.end();
    return this.#turn.run(async () => {
      await this.#journal.close(discard || !this.#history.isDirty);
      await this.#reading.end();
    });
  }

  #begin(): void {
    const reading = this.#reading;
    void reading.indexed.then(
      () => {
        if (reading.rows.base.isSmall && !this.#disposed) reading.checkAll();
      },
      () => undefined,
    );
  }

  #newJournal(session: string | undefined): EditJournal {
    const { journalFolder: folder, clock = systemClock } = this.#options;
    const { rows } = this.#reading;
    return new EditJournal(rows, { fs: this.#fs, clock, folder, path: rows.base.path, session });
  }

  /** Makes the edits again that an earlier session had not saved. */
  async #recover(): Promise<void> {
    const { journalFolder: folder, backup } = this.#options;
    const found = await recoverEdits(this.#reading, { fs: this.#fs, folder, backup });
    this.#recovery = found.recovery;
    if (found.session === undefined) return;
    this.#journal = this.#newJournal(found.session);
    if (isUntouched(this.#reading.rows)) {
      await this.#journal.discard(found.journal);
      return;
    }
    this.#history.markRestored();
    await this.#journal.takeOver(found.journal);
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

  /** Runs work after what was asked for before; what the disk refuses is named. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turn.run(() => translating(this.#options.path, work));
  }

  /** The reading with all its lines known. One that failed is begun anew: the disk may be well again. */
  async #whole(): Promise<Reading> {
    if (this.#reading.failed) await this.#reload();
    await this.#reading.indexed;
    return this.#reading;
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
    return this.#inTurn(async () => {
      this.#requireEditable();
      const { rows } = await this.#whole();
      let label: Text = '';
      const edit = await textEdit(rows, key, stamp, (text) => {
        const made = make(text);
        label = made.label;
        return made.patch;
      });
      if (edit === null) return { rev: this.#rev, stamp };
      await this.#history.commit(this.#parts.say(label), edit.change);
      const id = rows.idOf(key);
      return { rev: this.#rev, stamp: stampOfLine(await rows.line(id)) };
    });
  }

  #editRows(
    label: Text,
    make: (reading: Reading) => Edit | null | Promise<Edit | null>,
  ): Promise<Moved> {
    return this.#inTurn(async () => {
      this.#requireEditable();
      const reading = await this.#whole();
      const edit = await make(reading);
      if (edit === null) return { rev: this.#rev, keys: [] };
      await this.#history.commit(this.#parts.say(label), edit.change);
      return { rev: this.#rev, keys: edit.ids.map((id) => reading.rows.keyOf(id)) };
    });
  }

  async #save(signal: Signal, { overwrite = false }: { overwrite?: boolean }): Promise<void> {
    this.#requireEditable();
    const { rows } = await this.#whole();
    const done = await saveOver(rows, {
      fs: this.#fs,
      path: this.#options.path,
      signal,
      dirty: this.#history.isDirty,
      overwrite,
      beforeRename: (stamp) => this.#journal.saving(stamp),
    });
    if (done === 'same') return;
    this.#history.markSaved();
    this.#conflict = null;
    if (done === 'overtaken') {
      await this.#reload();
      return;
    }
    await this.#journal.clear(rows);
    this.#changed();
  }

  async #reload(): Promise<void> {
    const old = this.#reading;
    const { filterNow } = old;
    this.#readings += 1;
    this.#reading = await openReading(this.#options.path, this.#parts, this.#readings);
    this.#history.restart();
    this.#conflict = null;
    await this.#journal.clear(this.#reading.rows);
    await old.end();
    this.#begin();
    this.#reading.setFilter(filterNow);
    this.#changed();
  }
}

interface Hooks {
  onLook: () => void;
  onFailure: (error: unknown) => void;
}
