import { randomBytes } from 'node:crypto';
import type { RowId } from '../../core/dataset/rowOrder.ts';
import { AppError, isAppError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { sentence } from '../../core/sentence.ts';
import type { Fs } from '../storage/fs.ts';
import { openJournal, type Journal } from '../storage/journal.ts';
import { writeSnapshot } from '../storage/snapshot.ts';
import { sealRecord } from '../storage/stamp.ts';
import { BaseNames } from './baseNames.ts';
import type { Change, DocumentRows } from './documentRows.ts';
import {
  editRecordSchema,
  orderRecords,
  rowRecords,
  rowsActRecords,
  textActRecords,
  type EditRecord,
  type NewRecord,
} from './editRecords.ts';
import type { FileStamp } from './fileStamp.ts';
import { leaveJournal, newJournalPath, releaseJournal } from './journalFiles.ts';
import { stampOfLine } from './rowEdits.ts';

/** The one writer of a journal. */
const WRITER = 'edits';
/** What was written is on the disk so long after at the latest; a crash of the editor alone loses nothing at all. */
const SYNC_MS = 200;

export interface EditJournalOptions {
  readonly fs: Fs;
  readonly clock: Clock;
  readonly folder: string;
  /** The document's own path: its journal is found by it. */
  readonly path: string;
  readonly session?: string | undefined;
}

/** The unsaved edits of a document, in a file outside the project. It exists only while there are some. */
export class EditJournal {
  /** One document, in its journal and in its backups. */
  readonly session: string;
  readonly #options: EditJournalOptions;
  #rows: DocumentRows;
  #names: BaseNames;
  #file: { readonly path: string; readonly journal: Journal<EditRecord> } | null = null;
  #next = 0;
  /** The file lacks something that was done: it is written anew before anything is added. */
  #behind = false;
  #syncing: NodeJS.Timeout | null = null;

  constructor(rows: DocumentRows, options: EditJournalOptions) {
    this.#rows = rows;
    this.#options = options;
    this.#names = new BaseNames(rows.base);
    this.session = options.session ?? randomBytes(8).toString('hex');
  }

  /** Writes down a change that is about to be made; throws where it could not be. */
  async record(change: Change): Promise<void> {
    const file = await this.#open();
    const records = await this.#recordsOf(change);
    const fresh = this.#names.takeFresh();
    try {
      for (const record of [...(await this.#contents(fresh, change)), ...records]) {
        await this.#append(file.journal, record);
      }
    } catch (error) {
      this.#names.forget(fresh);
      throw error;
    }
    this.#syncSoon();
  }

  /** A step of undo or redo is made even where it cannot be written down; the next one that can writes all. */
  async recordStep(change: Change): Promise<void> {
    try {
      await this.record(change);
    } catch (error) {
      if (!isAppError(error)) throw error;
      this.#behind = true;
    }
  }

  /** The file that a save is about to put in place: from then on the edits are in it. */
  async saving(stamp: FileStamp): Promise<void> {
    if (this.#file === null) return;
    try {
      await this.#append(this.#file.journal, { type: 'saving', stamp });
    } catch (error) {
      // The save is what counts: without this line its edits may be offered once more after a crash.
      if (!isAppError(error)) throw error;
    }
  }

  /** Nothing is unsaved any more, or it was dropped. Later edits are about the file as the rows read it now. */
  async clear(rows: DocumentRows): Promise<void> {
    this.#rows = rows;
    this.#names = new BaseNames(rows.base);
    this.#behind = false;
    await this.#shut(true);
  }

  /** Writes all unsaved edits as a file of their own. */
  async writeAll(path: string): Promise<void> {
    const names = new BaseNames(this.#rows.base);
    await writeSnapshot(path, this.#all(names), { fs: this.#options.fs, mode: 0o600 });
  }

  /** Goes on in a file of this process with the edits as they stand; `from` is the journal that they came from. */
  async takeOver(from: string | null): Promise<void> {
    const { folder, path } = this.#options;
    await this.#writeAnew(from ?? (await newJournalPath(folder, path)));
  }

  /** Removes a journal whose edits came to nothing. */
  async discard(path: string | null): Promise<void> {
    if (path === null) return;
    releaseJournal(path);
    await this.#options.fs.unlink(path).catch(() => undefined);
  }

  /** Lets go of the file; it stays for the next who opens the document, unless there is nothing in it to keep. */
  async close(discard: boolean): Promise<void> {
    await this.#shut(discard);
  }

  async #open(): Promise<{ readonly path: string; readonly journal: Journal<EditRecord> }> {
    if (this.#file !== null && !this.#behind) return this.#file;
    const { folder, path: document } = this.#options;
    const path = this.#file?.path ?? (await newJournalPath(folder, document));
    return this.#writeAnew(path);
  }

  async #writeAnew(path: string): Promise<{ path: string; journal: Journal<EditRecord> }> {
    const { fs, clock, folder } = this.#options;
    await this.#file?.journal.close().catch(() => undefined);
    this.#file = null;
    this.#names = new BaseNames(this.#rows.base);
    await fs.mkdir(folder);
    this.#next = 0;
    await writeSnapshot(path, this.#all(this.#names), { fs, mode: 0o600 });
    const journal = await openJournal(path, {
      schema: editRecordSchema,
      writer: WRITER,
      clock,
      fs,
    });
    this.#file = { path, journal };
    this.#behind = false;
    return this.#file;
  }

  async #append(journal: Journal<EditRecord>, record: NewRecord): Promise<void> {
    await journal.append({ ...record, n: this.#next });
    this.#next += 1;
  }

  async #recordsOf({ splices, patches }: Change): Promise<NewRecord[]> {
    const [text, ...more] = patches;
    if (more.length > 0) throw new RangeError('an act changes what one row says');
    if (text === undefined) return rowsActRecords(this.#names.splices(splices));
    const stamp = stampOfLine(await this.#rows.line(text.id));
    const { at, removed, inserted } = text.patch;
    const row = this.#names.of(text.id);
    return textActRecords({ row, stamp, at, removed: removed.length, inserted });
  }

  /** What rows say that the journal has not heard of. */
  async #contents(ids: readonly RowId[], change: Change): Promise<NewRecord[]> {
    const made = new Map(change.fresh.map(({ id, row }) => [id, row]));
    const records: NewRecord[] = [];
    for (const id of ids) {
      const row = made.get(id) ?? this.#rows.held.get(id);
      if (row !== undefined) {
        records.push(...rowRecords(this.#names.of(id), row.content, row.end));
        continue;
      }
      const line = await this.#rows.line(id);
      const content = line.text ?? line.bytes;
      if (content === null) {
        throw new AppError(
          'store.io',
          sentence`A row of ${line.length} bytes is too long to be kept outside the file.`,
          { hint: sentence`Save the file before you go on.` },
        );
      }
      records.push(...rowRecords(this.#names.of(id), content, line.end));
    }
    return records;
  }

  /** The edits as they stand: the file, rows that differ from it, and the sequence. */
  async *#all(names: BaseNames): AsyncGenerator<Buffer> {
    const { base, order, held, ends } = this.#rows;
    const at = new Date(this.#options.clock.now()).toISOString();
    let n = 0;
    const line = (record: NewRecord): Buffer => {
      const stamped = { ...record, n, v: 1, writer: WRITER, seq: n, at };
      n += 1;
      return Buffer.from(`${sealRecord(stamped).line}\n`);
    };
    yield line({ type: 'base', session: this.session, path: base.path, stamp: base.stamp, ends });
    if (!isUntouched(this.#rows)) {
      const runs = names.runs(order.runs);
      for (const id of names.takeFresh()) {
        for (const record of await this.#contents([id], NO_CHANGE)) yield line(record);
      }
      for (const [id, { content, end }] of held) {
        if (base.lineOf(id) === null || order.placeOf(id) === null) continue;
        for (const record of rowRecords(names.of(id), content, end)) yield line(record);
      }
      for (const record of orderRecords(runs)) yield line(record);
    }
    if (names === this.#names) this.#next = n;
  }

  #syncSoon(): void {
    this.#syncing ??= setTimeout(() => {
      this.#syncing = null;
      this.#file?.journal.flush().catch(() => {
        this.#behind = true;
      });
    }, SYNC_MS);
  }

  async #shut(discard: boolean): Promise<void> {
    if (this.#syncing !== null) clearTimeout(this.#syncing);
    this.#syncing = null;
    const file = this.#file;
    this.#file = null;
    if (file === null) return;
    if (!discard) await file.journal.flush().catch(() => undefined);
    await file.journal.close().catch(() => undefined);
    const { fs, folder, path } = this.#options;
    if (!discard) {
      await leaveJournal(fs, folder, path, file.path);
      return;
    }
    releaseJournal(file.path);
    await fs.unlink(file.path).catch(() => undefined);
  }
}

const NO_CHANGE: Change = { splices: [], patches: [], fresh: [] };

/** Whether the document says what its file says. */
export function isUntouched({ base, order, held }: DocumentRows): boolean {
  if (order.length !== base.lines) return false;
  let line = 0;
  for (const run of order.runs) {
    for (const part of base.partsOf(run)) {
      if (part.line !== line) return false;
      line += part.run.count;
    }
  }
  for (const id of held.keys()) if (base.lineOf(id) !== null) return false;
  return true;
}
