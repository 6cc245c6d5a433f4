import { basename } from 'node:path';
import { AppError, isAppError } from '../../core/errors.ts';
import type { Signal } from '../../core/ports.ts';
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
import type { Dataset, DatasetEdit, OpenDatasetOptions, Recovery } from './dataset.ts';
import { EditActs } from './editActs.ts';
import { EditHistory } from './editHistory.ts';
import { EditJournal, isUntouched } from './editJournal.ts';
import { rowWithId } from './findId.ts';
import { InTurn } from './inTurn.ts';
import { openReading } from './openReading.ts';
import { recoverEdits } from './recoverEdits.ts';
import type { Reading, ReadingParts } from './reading.ts';
import { stateOf } from './stateOf.ts';
import { fateOf, saveOver, writeDocument } from './saveDocument.ts';

/** A dataset over a file of this computer. */
export class FileDataset implements Dataset {
  readonly #options: OpenDatasetOptions;
  readonly #fs: Fs;
  readonly #turn = new InTurn();
  readonly #states: Announcer<DatasetState>;
  readonly #history: EditHistory;
  readonly #acts: EditActs;
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
    this.#acts = new EditActs({
      history: this.#history,
      inSet: options.set !== null,
      say: parts.say,
      inTurn: (work) => this.#inTurn(work),
      whole: () => this.#whole(),
      requireEditable: () => this.#requireEditable(),
      rev: () => this.#rev,
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

  // Every act of a person on rows and fields, as the contract has them.
  readonly setField: Dataset['setField'] = (...about) => this.#acts.setField(...about);
  readonly addField: Dataset['addField'] = (...about) => this.#acts.addField(...about);
  readonly removeField: Dataset['removeField'] = (...about) => this.#acts.removeField(...about);
  readonly setLine: Dataset['setLine'] = (...about) => this.#acts.setLine(...about);
  readonly insert: Dataset['insert'] = (after) => this.#acts.insert(after);
  readonly duplicate: Dataset['duplicate'] = (keys) => this.#acts.duplicate(keys);
  readonly remove: Dataset['remove'] = (keys) => this.#acts.remove(keys);
  readonly move: Dataset['move'] = (...about) => this.#acts.move(...about);

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
