import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { AppError } from '../../core/errors.ts';
import type { Log } from '../../core/ports.ts';
import type { Dataset, OpenDatasetOptions } from '../../node/dataset/dataset.ts';
import type { DatasetCommand, RowKey } from '../../shared/datasetContract.ts';
import { withToken } from '../cancellation.ts';
import type { Disposable } from '../disposableStore.ts';
import { LARGEST_DOCUMENT } from '../webviews/dataLine.ts';
import type { UnsavedTexts } from './compareVersions.ts';
import { DatasetDocument } from './datasetDocument.ts';
import { DatasetView, type ViewWays } from './datasetView.ts';
import { forEditor } from './editorError.ts';
import { placeOfFile } from './filePlace.ts';
import { DATASET_EDITOR } from './names.ts';
import { ConflictQuestion } from './saveConflict.ts';

export type DocumentChange =
  | vscode.CustomDocumentEditEvent<DatasetDocument>
  | vscode.CustomDocumentContentChangeEvent<DatasetDocument>;

export interface EditorsParts {
  readonly extension: vscode.Uri;
  /** A folder of this installation: journals of unsaved edits, and what is compared. */
  readonly storage: string;
  readonly open: (options: OpenDatasetOptions) => Promise<Dataset>;
  readonly unsaved: UnsavedTexts;
  /** Tells the editor that a document has unsaved edits. */
  readonly changed: (change: DocumentChange) => void;
  readonly log: Log;
}

/** What is asked of the editor around a page. */
type Ways = Omit<ViewWays, 'settle'>;

/** The data files that are open in the Dataset Editor, and the editors that show them. */
export class DatasetEditors implements Disposable {
  readonly #parts: EditorsParts;
  readonly #ways: Ways;
  readonly #question: ConflictQuestion;
  readonly #documents = new Map<string, DatasetDocument>();
  /** Documents that are being closed: the file is opened again after that. */
  readonly #ending = new Map<string, Promise<void>>();
  /** Documents whose edits come from our own journal; the editor does not know of them yet. */
  readonly #restored = new WeakSet<DatasetDocument>();
  readonly #views = new Set<DatasetView>();
  #lastActive: DatasetView | null = null;

  constructor(parts: EditorsParts, ways: Ways) {
    this.#parts = parts;
    this.#ways = ways;
    this.#question = new ConflictQuestion({
      compare: (document) => this.#compare(document),
      // Not before the save that asked has ended: the editor does one thing at a time with a document.
      reload: (document) => void setTimeout(() => void this.#reload(document), 0),
    });
  }

  /** The open document of a file. */
  documentOf(path: string): DatasetDocument | null {
    return this.#documents.get(path) ?? null;
  }

  /** The view that a person looks at, or looked at last. */
  get active(): DatasetView | null {
    return [...this.#views].find(({ panel }) => panel.active) ?? this.#lastActive;
  }

  /** Hands on a command of the palette to the view that a person looks at. */
  forward(name: DatasetCommand): void {
    if (this.active) this.active.command(name);
    else throw new AppError('usage', vscode.l10n.t('No file is open in the Dataset Editor.'));
  }

  /** Goes to a row of a file that is open. */
  show(path: string, key: RowKey): void {
    for (const view of this.#views) if (view.document.uri.fsPath === path) view.show(key);
  }

  /** The same for a 1-based line, as another editor names it. */
  async showLine(path: string, line: number): Promise<void> {
    const key = await this.#documents.get(path)?.dataset.keyOfLine(line);
    if (key !== undefined && key !== null) this.show(path, key);
  }

  open(uri: vscode.Uri, backup: string | undefined): Promise<DatasetDocument> {
    return forEditor(async () => {
      requireFile(uri);
      const path = uri.fsPath;
      await this.#ending.get(path);
      const place = await placeOfFile(path);
      const dataset = await this.#parts.open({
        path,
        journalFolder: this.#parts.storage,
        backup,
        set: place.set,
        readOnly: place.readOnly,
      });
      let hasEnded = (): void => undefined;
      const ended = new Promise<void>((resolve) => (hasEnded = resolve));
      const document = new DatasetDocument({
        uri,
        dataset,
        place,
        look: () => placeOfFile(path),
        log: this.#parts.log,
        onEnd: () => {
          if (this.#ending.get(path) === ended) this.#ending.delete(path);
          hasEnded();
        },
        onEnding: () => {
          if (this.#documents.get(path) === document) this.#documents.delete(path);
          this.#ending.set(path, ended);
        },
      });
      document.onEdit((edit) =>
        this.#parts.changed({
          document,
          label: edit.label,
          undo: () => edit.undo(),
          redo: () => edit.redo(),
        }),
      );
      this.#documents.set(path, document);
      if (backup === undefined && dataset.state().dirty) this.#restored.add(document);
      tellAside(document.name, dataset.recovery()?.aside ?? []);
      return document;
    });
  }

  resolve(document: DatasetDocument, panel: vscode.WebviewPanel): void {
    const { extension, log } = this.#parts;
    const ways: ViewWays = {
      ...this.#ways,
      settle: async (asked, how) => {
        if (how === 'keep') await asked.keep();
        else if (how === 'compare') await this.#compare(asked);
        else await this.#reload(asked);
      },
    };
    const view = new DatasetView({ extension, document, panel, ways, log });
    this.#views.add(view);
    if (panel.active) this.#lastActive = view;
    panel.onDidChangeViewState(() => {
      if (panel.active) this.#lastActive = view;
    });
    panel.onDidDispose(() => {
      view.dispose();
      this.#views.delete(view);
      if (this.#lastActive === view) this.#lastActive = null;
    });
    // After a crash, or when the browser's page was loaded anew, the edits come from our journal alone.
    if (this.#restored.delete(document)) this.#parts.changed({ document });
  }

  save(document: DatasetDocument, token: vscode.CancellationToken): Promise<void> {
    return this.#work(document, token, (signal) => this.#question.save(document, signal));
  }

  saveAs(
    document: DatasetDocument,
    target: vscode.Uri,
    token: vscode.CancellationToken,
  ): Promise<void> {
    if (target.toString() === document.uri.toString()) return this.save(document, token);
    return this.#work(document, token, async (signal) => {
      requireFile(target);
      const { readOnly } = await placeOfFile(target.fsPath);
      if (readOnly !== null) throw new AppError('store.denied', readOnly);
      await document.saveAs(target.fsPath, signal);
      // The edits are in the new file, which the editor opens now; the old one is what it is on disk.
      await document.revert(signal).catch((error: unknown) => this.#parts.log.warn(String(error)));
    });
  }

  async backup(
    document: DatasetDocument,
    { fsPath }: vscode.Uri,
    token: vscode.CancellationToken,
  ): Promise<vscode.CustomDocumentBackup> {
    await forEditor(() =>
      withToken(token, async (signal) => {
        await mkdir(dirname(fsPath), { recursive: true });
        await document.backup(fsPath, signal);
      }),
    );
    const file = vscode.Uri.file(fsPath);
    return {
      id: fsPath,
      delete: () => void vscode.workspace.fs.delete(file).then(undefined, () => undefined),
    };
  }

  dispose(): void {
    for (const view of this.#views) view.dispose();
    for (const document of this.#documents.values()) document.dispose();
    this.#views.clear();
  }

  #work(
    { name }: DatasetDocument,
    token: vscode.CancellationToken,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const title = vscode.l10n.t('Saving {0}', name);
    return forEditor(async () =>
      vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
        withToken(token, work),
      ),
    );
  }

  #compare(document: DatasetDocument): Promise<void> {
    return this.#parts.unsaved.compare(document, this.#parts.storage);
  }

  /** Through the editor where it can be: its list of edits and the mark on the tab go with them. */
  async #reload(document: DatasetDocument): Promise<void> {
    try {
      const view = [...this.#views].find((one) => one.document === document);
      if (document.state().dirty && view && (await becomesActive(view.panel))) {
        await vscode.commands.executeCommand('workbench.action.files.revert');
      }
      await document.settled();
      const { dirty, conflict } = document.dataset.state();
      if (dirty || conflict !== null) await document.revert(new AbortController().signal);
    } catch (error) {
      this.#parts.log.error(String(error));
    }
  }
}

/** Edits that are about another text than the file has now were not made again; they are not thrown away either. */
function tellAside(name: string, [kept]: readonly string[]): void {
  if (kept === undefined) return;
  const show = vscode.l10n.t('Show Them');
  const text = vscode.l10n.t(
    '{0} has been changed since it was edited here: the edits that were not saved do not fit it any more. They are kept in {1}.',
    name,
    kept,
  );
  void vscode.window.showWarningMessage(text, show).then(async (chosen) => {
    if (chosen !== show) return;
    const uri = vscode.Uri.file(kept);
    // Lines of JSON as well; of long texts it is too large for a text editor.
    if ((await stat(kept)).size > LARGEST_DOCUMENT) {
      await vscode.commands.executeCommand('vscode.openWith', uri, DATASET_EDITOR);
      return;
    }
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  });
}

function requireFile({ scheme }: vscode.Uri): void {
  if (scheme === 'file') return;
  throw new AppError(
    'usage',
    vscode.l10n.t('The Dataset Editor opens files of this computer only, not “{0}”.', scheme),
    { hint: vscode.l10n.t('Open it as text, or save it as a file first.') },
  );
}

/** Brings an editor to the front; false where it does not come. */
async function becomesActive(panel: vscode.WebviewPanel): Promise<boolean> {
  if (panel.active) return true;
  panel.reveal();
  return new Promise((resolve) => {
    const listening = panel.onDidChangeViewState(() => {
      if (panel.active) done(true);
    });
    const giveUp = setTimeout(() => done(false), 2000);
    function done(active: boolean): void {
      clearTimeout(giveUp);
      listening.dispose();
      resolve(active);
    }
  });
}
