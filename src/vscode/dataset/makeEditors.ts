import * as vscode from 'vscode';
import type { DisposableStore } from '../disposableStore.ts';
import { said } from '../said.ts';
import { UnsavedTexts } from './compareVersions.ts';
import { DatasetEditors, type DocumentChange } from './datasetEditors.ts';
import { FieldFiles } from './fieldFiles.ts';
import { UNSAVED_SCHEME } from './names.ts';
import type { DatasetParts } from './register.ts';
import { waysFrom } from './ways.ts';

/** The Dataset Editor's documents and what belongs to them. */
export interface Made {
  readonly editors: DatasetEditors;
  readonly fields: FieldFiles;
}

/** Makes the Dataset Editor; `store` ends what it holds. */
export function makeEditors(
  store: DisposableStore,
  parts: DatasetParts & { readonly changed: (change: DocumentChange) => void },
): Made {
  const { extension, storage, log, changed } = parts;
  const unsaved = store.add(new UnsavedTexts());
  store.add(vscode.workspace.registerTextDocumentContentProvider(UNSAVED_SCHEME, unsaved));
  const editors = store.add(
    new DatasetEditors(
      {
        extension,
        storage,
        unsaved,
        changed,
        log,
        open: async (options) =>
          (await import('../../node/dataset/openDataset.ts')).openDataset({
            ...options,
            say: said,
          }),
      },
      waysFrom(parts.projects),
    ),
  );
  const fields = store.add(
    new FieldFiles(
      (path) => editors.documentOf(path),
      () => Date.now(),
    ),
  );
  return { editors, fields };
}
