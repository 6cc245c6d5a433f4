import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { AppError, isAppError } from '../../core/errors.ts';
import type { Log } from '../../core/ports.ts';
import type { Dataset, DatasetEdit } from '../../node/dataset/dataset.ts';
import type { DatasetState } from '../../shared/datasetContract.ts';
import { withToken } from '../cancellation.ts';
import { DisposableStore } from '../disposableStore.ts';
import { saidError } from '../said.ts';
import { forEditor } from './editorError.ts';
import type { FilePlace } from './filePlace.ts';
import { watchFile } from './watchFile.ts';

export interface DocumentParts {
  readonly uri: vscode.Uri;
  readonly dataset: Dataset;
  readonly place: FilePlace;
  /** Where the file lies now, looked up anew. */
  readonly look: () => Promise<FilePlace>;
  readonly log: Log;
  /** The editor has let go of it; `onEnd` follows when nothing is under way any more. */
  readonly onEnding: () => void;
  readonly onEnd: () => void;
}

/**
 * A data file that is open in the editor: the document model, kept in step with the disk, with trust and with
 * permissions. What writes or reads the file anew is done one after the other.
 */
export class DatasetDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;
  readonly dataset: Dataset;
  readonly #parts: DocumentParts;
  readonly #store: DisposableStore;
  readonly #listeners = new Set<(state: DatasetState) => void>();
  readonly #editListeners = new Set<(edit: DatasetEdit) => void>();
  #place: FilePlace;
  #work: Promise<unknown> = Promise.resolve();
  /** The version on disk that the person chose to overwrite. */
  #kept: string | null = null;
  #ended = false;

  constructor(parts: DocumentParts) {
    const { uri, dataset, place, log } = parts;
    this.#parts = parts;
    this.uri = uri;
    this.dataset = dataset;
    this.#place = place;
    this.#store = new DisposableStore((error) => log.error(String(error)));
    this.#store.add({ dispose: dataset.onState(() => this.#tell()) });
    this.#store.add({ dispose: dataset.onEdit((edit) => this.#pass(edit)) });
    this.#store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('tailor.review')) this.#tell();
      }),
    );
    const look = (): void => void this.look();
    this.#store.add(watchFile(uri, look));
    this.#store.add(vscode.workspace.onDidGrantWorkspaceTrust(look));
    this.#store.add(
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) look();
      }),
    );
  }

  get name(): string {
    return basename(this.uri.fsPath);
  }

  get place(): FilePlace {
    return this.#place;
  }

  /** What the views show. A conflict that the person has settled is none until the file changes once more. */
  state(): DatasetState {
    const state = this.dataset.state();
    const singleKeys = vscode.workspace
      .getConfiguration('tailor')
      .get<boolean>('review.singleKeyShortcuts', true);
    return { ...state, singleKeys, ...(this.#kept === null ? {} : { conflict: null }) };
  }

  onState(listener: (state: DatasetState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Each act of a person, once. */
  onEdit(listener: (edit: DatasetEdit) => void): () => void {
    this.#editListeners.add(listener);
    return () => void this.#editListeners.delete(listener);
  }

  /** Throws where nothing may be edited: a page can ask for anything. */
  requireEditable(): void {
    const { readOnly } = this.state();
    if (readOnly !== null) throw new AppError('store.denied', readOnly);
  }

  /** Notices what happened to the file, its folder and the trust in them. */
  look(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#ended) return;
      try {
        const place = await this.#parts.look();
        this.#place = place;
        this.dataset.setReadOnly(place.readOnly);
        if (this.#kept !== null && this.#kept !== (await this.version())) this.#kept = null;
        await this.dataset.fileChanged();
        this.#tell();
      } catch (error) {
        this.#parts.log.warn(`${this.name}: ${String(error)}`);
      }
    });
  }

  /** Writes the document to its file; `store.stale` where another hand has changed that. */
  save(signal: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.dataset.state().dirty) {
        // The editor saves on request also what has no edits. Where there is nothing to lose, there is nothing to ask.
        if (this.#place.readOnly !== null) return;
        await this.dataset.fileChanged();
      }
      this.requireEditable();
      const overwrite = this.#kept !== null && this.#kept === (await this.version());
      await this.dataset.save(signal, { overwrite });
      this.#kept = null;
      this.#tell();
    });
  }

  saveAs(path: string, signal: AbortSignal): Promise<void> {
    return this.#inTurn(() => this.dataset.saveAs(path, signal));
  }

  /** Drops every edit and reads the file anew. */
  revert(signal: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      this.#kept = null;
      await this.dataset.revert(signal);
      this.#tell();
    });
  }

  /** The same for the editor itself. */
  revertNow(token: vscode.CancellationToken): Promise<void> {
    return forEditor(() => withToken(token, (signal) => this.revert(signal)));
  }

  backup(path: string, signal: AbortSignal): Promise<void> {
    return this.#inTurn(() => this.dataset.backup(path, signal));
  }

  /** The edits stay, and the next save writes over the file as it is now, or as it was when the person was asked. */
  async keep(version?: string): Promise<void> {
    this.#kept = version ?? (await this.version());
    this.#tell();
  }

  /** The editor has no more use for it. Unsaved edits that were not dropped stay in the journal. */
  dispose(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#parts.onEnding();
    this.#store.dispose();
    this.#listeners.clear();
    this.#editListeners.clear();
    void this.#inTurn(() => this.dataset.dispose())
      .catch((error: unknown) => this.#parts.log.error(String(error)))
      .finally(this.#parts.onEnd);
  }

  /** Resolves once what was begun is done. */
  async settled(): Promise<void> {
    for (let over: unknown = null; over !== this.#work;) {
      over = this.#work;
      await this.#work;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  #tell(): void {
    const state = this.state();
    for (const listener of [...this.#listeners]) listener(state);
  }

  #pass(made: DatasetEdit): void {
    const edit: DatasetEdit = {
      label: made.label,
      undo: () => orSay(() => made.undo()),
      redo: () => orSay(() => made.redo()),
    };
    for (const listener of [...this.#editListeners]) listener(edit);
  }

  /** Names the version of the file that lies on the disk now. */
  async version(): Promise<string> {
    try {
      const { mtimeMs, size, ino } = await stat(this.uri.fsPath);
      return `${mtimeMs} ${size} ${ino}`;
    } catch {
      return 'none';
    }
  }
}

/** A step that the document no longer knows how to take is told of; the editor's list goes on from there. */
async function orSay(step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!isAppError(error)) throw error;
    void vscode.window.showInformationMessage(saidError(error));
  }
}
