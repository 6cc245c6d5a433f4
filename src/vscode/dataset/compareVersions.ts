import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { AppError } from '../../core/errors.ts';
import type { Disposable } from '../disposableStore.ts';
import { LARGEST_DOCUMENT } from '../webviews/dataLine.ts';
import type { DatasetDocument } from './datasetDocument.ts';
import { UNSAVED_SCHEME } from './names.ts';

/** What documents hold with their unsaved edits, as read-only texts for the editor's own comparison. */
export class UnsavedTexts implements vscode.TextDocumentContentProvider, Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #texts = new Map<string, string>();
  readonly onDidChange = this.#changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? '';
  }

  /** Compares the file on disk with the document; `folder` may be written to for a moment. */
  async compare(document: DatasetDocument, folder: string): Promise<void> {
    const { name, uri: file } = document;
    const { size } = await stat(file.fsPath).catch(() => {
      throw new AppError('store.missing', vscode.l10n.t('{0} was deleted on disk.', name), {
        hint: vscode.l10n.t('There is nothing to compare with.'),
      });
    });
    requireSmall(name, size);
    requireSmall(name, document.state().bytes);
    const text = await textOf(document, folder);
    requireSmall(name, text.length);
    const uri = vscode.Uri.from({ scheme: UNSAVED_SCHEME, path: file.path });
    this.#texts.set(uri.path, text.toString('utf8'));
    this.#changed.fire(uri);
    const title = vscode.l10n.t('{0}: on disk and with your edits', name);
    await vscode.commands.executeCommand('vscode.diff', file, uri, title);
  }

  dispose(): void {
    this.#changed.dispose();
    this.#texts.clear();
  }
}

/** The document as a save would write it now. */
async function textOf(document: DatasetDocument, folder: string): Promise<Buffer> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `compare-${randomUUID()}.jsonl`);
  try {
    await document.saveAs(path, new AbortController().signal);
    return await readFile(path);
  } finally {
    await rm(path, { force: true });
  }
}

function requireSmall(name: string, bytes: number): void {
  if (bytes <= LARGEST_DOCUMENT) return;
  throw new AppError(
    'usage',
    vscode.l10n.t(
      '{0} has {1} MB: too much for the diff editor, which reads both versions whole.',
      name,
      (bytes / 1024 / 1024).toFixed(0),
    ),
    {
      hint: vscode.l10n.t(
        'Save yours as another file and compare the two with a tool for large files.',
      ),
    },
  );
}
