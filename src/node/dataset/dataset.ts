import type { Clock, Signal } from '../../core/ports.ts';
import type { Text } from '../../core/sentence.ts';
import type {
  DatasetFilter,
  DatasetRecord,
  DatasetRow,
  DatasetState,
  RowKey,
} from '../../shared/datasetContract.ts';
import type { Fs } from '../storage/fs.ts';

/** One act of a person, whatever it touched: what VS Code's undo takes back. */
export interface DatasetEdit {
  /** What the undo list says: "Edit answer". */
  readonly label: string;
  /** Resolve when it is done; acts follow each other in the order in which they were asked for. */
  undo(): Promise<void>;
  redo(): Promise<void>;
}

/**
 * A data file as a document: an index of line starts over the file as it was opened, and an overlay of what a person
 * changed. Only the rows that are asked for are read. Nothing is written to the file but by `save` and `saveAs`; every
 * edit is journalled outside the file before it is shown as made, so that it outlives the window.
 */
export interface Dataset {
  state(): DatasetState;
  /** Fires at most a few times a second while the file is read or filtered, and after every edit. */
  onState(listener: (state: DatasetState) => void): () => void;
  /** One person's act; the caller hands it to the editor's undo list. */
  onEdit(listener: (edit: DatasetEdit) => void): () => void;

  rows(from: number, count: number, signal?: Signal): Promise<readonly DatasetRow[]>;
  record(key: RowKey): Promise<DatasetRecord>;
  /** The whole text of a field, unclipped. */
  fieldText(key: RowKey, index: number): Promise<string>;
  place(key: RowKey): Promise<number | null>;
  /** The row with this id; null where none has it. Reads on where the file was not read to its end. */
  keyOfId(id: string, signal?: Signal): Promise<RowKey | null>;
  /** The row that stands on a 1-based line of the document now. */
  keyOfLine(line: number): Promise<RowKey | null>;
  lineOf(key: RowKey): number;

  setField(
    key: RowKey,
    stamp: string,
    index: number,
    as: 'text' | 'json',
    value: string,
  ): Promise<Edited>;
  addField(
    key: RowKey,
    stamp: string,
    name: string,
    as: 'text' | 'json',
    value: string,
  ): Promise<Edited>;
  removeField(key: RowKey, stamp: string, index: number): Promise<Edited>;
  setLine(key: RowKey, stamp: string, value: string): Promise<Edited>;
  insert(after: RowKey | null): Promise<Moved>;
  duplicate(keys: readonly RowKey[]): Promise<Moved>;
  remove(keys: readonly RowKey[]): Promise<Moved>;
  move(keys: readonly RowKey[], before: RowKey | null): Promise<Moved>;
  filter(filter: DatasetFilter): Promise<{ rev: number }>;

  /**
   * Writes the document to its own file: untouched lines byte for byte, edited ones with only the edited spans
   * changed; atomically. Refuses with `store.stale` when the file is not the one that was opened, unless `overwrite`.
   */
  save(signal: Signal, options?: { readonly overwrite?: boolean }): Promise<void>;
  saveAs(path: string, signal: Signal): Promise<void>;
  /** Drops every edit and reads the file anew. */
  revert(signal: Signal): Promise<void>;
  /** Takes note that the file changed on disk; without edits it is read anew. */
  fileChanged(): Promise<void>;
  /** Writes the edits alone to `path`, for the editor's own hot exit. */
  backup(path: string, signal: Signal): Promise<void>;
  setReadOnly(reason: string | null): void;
  /** What became of edits that an earlier session had not saved; null where there were none. */
  recovery(): Recovery | null;
  /** Ends reading and filtering and closes the file; the journal of unsaved edits stays unless `discard`. */
  dispose(options?: { readonly discard?: boolean }): Promise<void>;
}

/** Unsaved edits of an earlier session. */
export interface Recovery {
  /** Acts that have been made again; the document is dirty then. */
  readonly restored: number;
  /** Files with edits that do not fit the file as it is now; they are kept as they are. */
  readonly aside: readonly string[];
}

export interface Edited {
  readonly rev: number;
  readonly stamp: string;
}

export interface Moved {
  readonly rev: number;
  readonly keys: readonly RowKey[];
}

export interface OpenDatasetOptions {
  readonly path: string;
  /** Where unsaved edits are journalled: a folder of this installation, not of the project. */
  readonly journalFolder: string;
  /** A backup that the editor hands back; the journal is taken where there is none. */
  readonly backup?: string | undefined;
  /** Which of a project's sets the file is; decides how rows are checked. */
  readonly set: string | null;
  readonly readOnly: string | null;
  /** Says sentences in the person's language; English without it. */
  readonly say?: (text: Text) => string;
  /** The disk and the clock; tests have others. */
  readonly fs?: Fs;
  readonly clock?: Clock;
  /** Files up to this size are held in memory; 32 MB without it. */
  readonly wholeBytes?: number;
}
