import * as vscode from 'vscode';
import type { DatasetField, DatasetRecord } from '../../shared/datasetContract.ts';
import type { Disposable } from '../disposableStore.ts';
import type { DatasetDocument } from './datasetDocument.ts';
import { forEditor } from './editorError.ts';
import { fieldOf, findField, valueOf } from './fieldPart.ts';
import type { FilesToLoad } from './lazyFiles.ts';

interface Known {
  readonly text: string;
  readonly mtime: number;
}

/**
 * Long fields as documents, with the editor's own undo, spell check and search. Saving one is one edit of the data file,
 * which is itself saved as ever.
 */
export class FieldFiles implements FilesToLoad, Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  /** The document of a data file that is open in the Dataset Editor; null where it is not. */
  readonly #documentOf: (path: string) => DatasetDocument | null;
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();
  readonly onDidChangeFile = this.#changed.event;

  constructor(documentOf: (path: string) => DatasetDocument | null, now: () => number) {
    this.#documentOf = documentOf;
    this.#now = now;
  }

  /** Tells the editor when the field is changed elsewhere: in the Dataset Editor, or by undo there. */
  watch(uri: vscode.Uri): vscode.Disposable {
    let stop: () => void = () => undefined;
    try {
      const document = this.#documentOf(fieldOf(uri).file);
      stop = document?.onState(() => void this.#look(uri)) ?? stop;
    } catch {
      // A document with a name that is none of ours never changes.
    }
    return new vscode.Disposable(() => stop());
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { text, mtime } = await this.#read(uri);
    const { readOnly } = this.#document(uri).state();
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime,
      size: Buffer.byteLength(text),
      ...(readOnly === null ? {} : { permissions: vscode.FilePermission.Readonly }),
    };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return Buffer.from((await this.#read(uri)).text);
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    await forEditor(async () => {
      const document = this.#document(uri);
      document.requireEditable();
      const { record, field } = await this.#find(document, uri);
      const before = await document.dataset.fieldText(record.key, field.index);
      const value = valueOf(Buffer.from(content).toString('utf8'), before);
      if (value === before) return;
      const as = field.type === 'text' ? 'text' : 'json';
      await document.dataset.setField(record.key, record.stamp, field.index, as, value);
    });
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  dispose(): void {
    this.#changed.dispose();
    this.#known.clear();
  }

  #document(uri: vscode.Uri): DatasetDocument {
    const document = this.#documentOf(fieldOf(uri).file);
    if (document) return document;
    throw vscode.FileSystemError.Unavailable(
      vscode.l10n.t('Open its data file in the Dataset Editor first.'),
    );
  }

  async #find(
    document: DatasetDocument,
    uri: vscode.Uri,
  ): Promise<{ readonly record: DatasetRecord; readonly field: DatasetField }> {
    const part = fieldOf(uri);
    const record = await document.dataset.record(part.key).catch(() => null);
    const field = record && findField(record, part);
    if (!record || !field) throw vscode.FileSystemError.FileNotFound(uri);
    return { record, field };
  }

  /** The text now; its time moves only when the text does, so that the editor notices changes made elsewhere. */
  async #read(uri: vscode.Uri): Promise<Known> {
    const document = this.#document(uri);
    const { record, field } = await this.#find(document, uri);
    const text = await document.dataset.fieldText(record.key, field.index);
    const known = this.#known.get(uri.query);
    if (known?.text === text) return known;
    const fresh = { text, mtime: Math.max(this.#now(), (known?.mtime ?? 0) + 1) };
    this.#known.set(uri.query, fresh);
    return fresh;
  }

  async #look(uri: vscode.Uri): Promise<void> {
    const before = this.#known.get(uri.query);
    try {
      if ((await this.#read(uri)) === before) return;
      this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    } catch {
      this.#changed.fire([{ type: vscode.FileChangeType.Deleted, uri }]);
    }
  }
}
