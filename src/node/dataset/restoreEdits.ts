import type { RowId, Run } from '../../core/dataset/rowOrder.ts';
import { readRuns, readSplices } from '../../core/dataset/spliceText.ts';
import { isAppError } from '../../core/errors.ts';
import type { Fs } from '../storage/fs.ts';
import type { Stamped } from '../storage/journal.ts';
import { readJournal } from '../storage/readJournal.ts';
import type { Change, DocumentRows, HeldRow } from './documentRows.ts';
import { editRecordSchema, type EditRecord } from './editRecords.ts';
import { sameContent, type FileStamp } from './fileStamp.ts';
import { stampOfLine } from './rowEdits.ts';

/** What a journal or a backup holds, and how it stands to the file. */
export interface LeftEdits {
  readonly path: string;
  readonly records: readonly Stamped<EditRecord>[];
  readonly session: string;
  /** When the last record was written, ISO 8601. */
  readonly at: string;
  /** fits: about the file as it is · saved: a save has put them all into it · empty: none · other: about another file. */
  readonly standing: 'fits' | 'saved' | 'empty' | 'other';
  /** Records are missing or were changed: what comes after them is not in `records`. */
  readonly damaged: boolean;
}

/** Reads edits that were left behind; null where the file holds none that can be read. */
export async function readEdits(fs: Fs, path: string, now: FileStamp): Promise<LeftEdits | null> {
  const content = await readJournal(path, editRecordSchema, { fs });
  const { records, left: unread } = whole(content.records);
  const base = records[0];
  if (base?.type !== 'base') return null;
  const last = records.at(-1) ?? base;
  const standing = standingOf(records, base.stamp, now);
  const damaged = unread > 0 || content.quarantined.length > 0;
  return { path, records, session: base.session, at: last.at, standing, damaged };
}

/** Records up to the first that is missing; of two with one number the later counts. */
function whole(records: readonly Stamped<EditRecord>[]): {
  readonly records: Stamped<EditRecord>[];
  /** Records behind the first that is missing. */
  readonly left: number;
} {
  const found: Stamped<EditRecord>[] = [];
  for (const [index, record] of records.entries()) {
    if (record.n === found.length - 1) found.pop();
    if (record.n !== found.length) return { records: found, left: records.length - index };
    found.push(record);
  }
  return { records: found, left: 0 };
}

function standingOf(
  records: readonly EditRecord[],
  base: FileStamp,
  now: FileStamp,
): LeftEdits['standing'] {
  const acts = records.some(({ type }) => type === 'edit' || type === 'order');
  const saved = records.some(
    (record) => record.type === 'saving' && sameContent(record.stamp, now),
  );
  if (!acts) return 'empty';
  if (sameContent(base, now)) return 'fits';
  return saved ? 'saved' : 'other';
}

/** Makes the edits again on rows that are as the file says; returns how many acts there were. */
export async function replay(
  rows: DocumentRows,
  records: readonly EditRecord[],
  apply: (change: Change) => Promise<unknown>,
): Promise<number> {
  const replaying = new Replay(rows, apply);
  for (const record of records) await replaying.take(record);
  // An act and the one that took it back leave nothing.
  await rows.tidy();
  return replaying.acts;
}

class Replay {
  acts = 0;
  readonly #rows: DocumentRows;
  readonly #apply: (change: Change) => Promise<unknown>;
  #pieces = '';
  /** Rows that were said to be something and whose act has not come yet. */
  #fresh: { id: RowId; row: HeldRow }[] = [];

  constructor(rows: DocumentRows, apply: (change: Change) => Promise<unknown>) {
    this.#rows = rows;
    this.#apply = apply;
  }

  async take(record: EditRecord): Promise<void> {
    switch (record.type) {
      case 'piece':
        this.#pieces = record.first ? record.text : this.#pieces + record.text;
        return;
      case 'row':
        this.#row(record);
        return;
      case 'order':
        await this.#reorder(readRuns(record.runs ?? this.#pieces));
        return;
      case 'edit':
        await this.#edit(record);
        return;
      case 'base':
        this.#rows.ends = record.ends;
        return;
      case 'saving':
    }
  }

  #row({ row: id, text, coded, end }: Extract<EditRecord, { type: 'row' }>): void {
    const said = text ?? this.#pieces;
    const content = coded ? Buffer.from(said, 'base64') : said;
    this.#fresh.push({ id, row: { content, end } });
    if (id < 0) this.#rows.nextInserted = Math.max(this.#rows.nextInserted, -id);
  }

  async #reorder(insert: readonly Run[] | null): Promise<void> {
    if (insert === null) throw new NotTheSame();
    const splices = [{ at: 0, remove: this.#rows.order.length, insert }];
    await this.#make({ splices, patches: [], fresh: this.#fresh });
  }

  async #edit(record: Extract<EditRecord, { type: 'edit' }>): Promise<void> {
    const patches = [];
    if (record.patch !== null) {
      const { row: id, stamp, at, removed, inserted } = record.patch;
      const line = await this.#rows.line(id);
      const text = line.text ?? '';
      // The same content has the same stamp: anything else means that this is not what was edited.
      if (stampOfLine(line) !== stamp) throw new NotTheSame();
      const patch = {
        at,
        removed: text.slice(at, at + removed),
        inserted: inserted ?? this.#pieces,
      };
      patches.push({ id, patch, from: this.#rows.versionOf(id), to: this.#rows.newVersion() });
    }
    const splices = readSplices(record.splices ?? this.#pieces);
    if (splices === null) throw new NotTheSame();
    await this.#make({ splices, patches, fresh: this.#fresh });
  }

  async #make(change: Change): Promise<void> {
    await this.#apply(change);
    this.#fresh = [];
    this.acts += 1;
  }
}

/** The journal is about other content than its stamp says. */
class NotTheSame extends Error {}

/** Whether a failed replay is the journal's fault, not the disk's. */
export function isDamage(error: unknown): boolean {
  return (
    error instanceof NotTheSame ||
    error instanceof RangeError ||
    isAppError(error, 'store.stale') ||
    isAppError(error, 'data.invalid')
  );
}
