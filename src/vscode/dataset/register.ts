import * as vscode from 'vscode';
import type { Log } from '../../core/ports.ts';
import { DATASET_COMMANDS } from '../../shared/datasetCommands.ts';
import { registerCommands, type Edge } from '../commands.ts';
import type { DisposableStore } from '../disposableStore.ts';
import { once } from '../once.ts';
import type { Projects } from '../ports.ts';
import type { DatasetDocument } from './datasetDocument.ts';
import type { DocumentChange } from './datasetEditors.ts';
import { LazyFiles } from './lazyFiles.ts';
import { DATASET_EDITOR, FIELD_SCHEME } from './names.ts';

export interface DatasetParts {
  readonly extension: vscode.Uri;
  readonly projects: Projects & { known(): Promise<void> };
  /** A folder of this installation for journals. */
  readonly storage: string;
  readonly log: Log;
}

/** The Dataset Editor: its place in the editor and its commands. What it does is loaded with the first file. */
export function registerDataset(store: DisposableStore, parts: DatasetParts, edge: Edge): void {
  const { projects } = parts;
  const changed = store.add(new vscode.EventEmitter<DocumentChange>());
  const made = once(async () =>
    (await import('./makeEditors.ts')).makeEditors(store, {
      ...parts,
      changed: (change) => changed.fire(change),
    }),
  );
  const editors = async () => (await made()).editors;
  const provider: vscode.CustomEditorProvider<DatasetDocument> = {
    onDidChangeCustomDocument: changed.event,
    openCustomDocument: async (uri, { backupId }) => (await editors()).open(uri, backupId),
    resolveCustomEditor: async (document, panel) => (await editors()).resolve(document, panel),
    saveCustomDocument: async (document, token) => (await editors()).save(document, token),
    saveCustomDocumentAs: async (document, target, token) =>
      (await editors()).saveAs(document, target, token),
    // At once: the editor closes a tab without waiting for what it asked before.
    revertCustomDocument: (document, token) => document.revertNow(token),
    backupCustomDocument: async (document, { destination }, token) =>
      (await editors()).backup(document, destination, token),
  };
  store.add(
    vscode.window.registerCustomEditorProvider(DATASET_EDITOR, provider, {
      supportsMultipleEditorsPerDocument: false,
    }),
  );
  const fields = store.add(new LazyFiles(async () => (await made()).fields));
  store.add(
    vscode.workspace.registerFileSystemProvider(FIELD_SCHEME, fields, { isCaseSensitive: true }),
  );
  const handlers = once(async () =>
    (await import('./datasetHandlers.ts')).datasetHandlers({
      projects,
      forward: async (name) => (await editors()).forward(name),
      showLine: async (path, line) => (await editors()).showLine(path, line),
    }),
  );
  registerCommands(store, DATASET_COMMANDS, handlers, edge);
}
