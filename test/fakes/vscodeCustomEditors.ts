import type * as vscode from 'vscode';
import { languageTabs } from './vscodeLanguages.ts';
import { makePanel, type FakePanel } from './vscodeWebviews.ts';

const providers = new Map<string, vscode.CustomEditorProvider>();

/** The editor in front, as its tab names it. */
export const front = { input: undefined as unknown, isDirty: false };

export function resetCustomEditors(): void {
  providers.clear();
  front.input = undefined;
  front.isDirty = false;
}

/** What the editor keeps for an open document: its list of edits, the place of the last save, and so the mark on the tab. */
export class FakeCustomEditor {
  readonly document: vscode.CustomDocument;
  readonly shown: FakePanel;
  readonly labels: (string | undefined)[] = [];
  readonly #provider: vscode.CustomEditorProvider;
  readonly #listening: vscode.Disposable;
  readonly #edits: vscode.CustomDocumentEditEvent[] = [];
  #at = -1;
  #saved = -1;
  #changed = false;
  #fromBackup: boolean;

  private constructor(
    provider: vscode.CustomEditorProvider,
    document: vscode.CustomDocument,
    shown: FakePanel,
    fromBackup: boolean,
  ) {
    this.#provider = provider;
    this.document = document;
    this.shown = shown;
    this.#fromBackup = fromBackup;
    this.#listening = provider.onDidChangeCustomDocument((event) => {
      if (event.document === document) this.#onChange(event);
    });
  }

  /** Opens a file as the editor does after "Open With…", or when a window comes back with a backup. */
  static async open(
    viewType: string,
    uri: vscode.Uri,
    backupId?: string,
  ): Promise<FakeCustomEditor> {
    const provider = providers.get(viewType);
    if (!provider) throw new Error(`no custom editor "${viewType}"`);
    const document = await provider.openCustomDocument(
      uri,
      { backupId, untitledDocumentData: undefined },
      NEVER,
    );
    const shown = makePanel(viewType, uri.path);
    const editor = new FakeCustomEditor(provider, document, shown, backupId !== undefined);
    await provider.resolveCustomEditor(document, shown.panel, NEVER);
    return editor;
  }

  get dirty(): boolean {
    if (this.#changed) return true;
    return this.#edits.length > 0 ? this.#at !== this.#saved : this.#fromBackup;
  }

  async undo(): Promise<void> {
    const edit = this.#edits[this.#at];
    if (!edit) return;
    this.#at -= 1;
    await edit.undo();
  }

  async redo(): Promise<void> {
    const edit = this.#edits[this.#at + 1];
    if (!edit) return;
    this.#at += 1;
    await edit.redo();
  }

  async save(): Promise<void> {
    await this.#provider.saveCustomDocument(this.document, NEVER);
    this.#onSaved();
  }

  async saveAs(target: vscode.Uri): Promise<void> {
    await this.#provider.saveCustomDocumentAs(this.document, target, NEVER);
    this.#onSaved();
  }

  async revert(): Promise<void> {
    const reverted = this.#provider.revertCustomDocument(this.document, NEVER);
    this.#changed = false;
    this.#fromBackup = false;
    this.#at = this.#saved;
    this.#edits.splice(this.#at + 1);
    await reverted;
  }

  backup(destination: vscode.Uri): Thenable<vscode.CustomDocumentBackup> {
    return this.#provider.backupCustomDocument(this.document, { destination }, NEVER);
  }

  /** Closes the tab; what is not saved was dropped before, as the person was asked. */
  close(): void {
    this.shown.close();
    this.#listening.dispose();
    this.document.dispose();
  }

  #onSaved(): void {
    this.#changed = false;
    this.#fromBackup = false;
    this.#saved = this.#at;
  }

  #onChange(event: vscode.CustomDocumentEditEvent | vscode.CustomDocumentContentChangeEvent): void {
    if (!('undo' in event)) {
      this.#changed = true;
      return;
    }
    this.labels.push(event.label);
    this.#edits.splice(this.#at + 1, Infinity, event);
    this.#at = this.#edits.length - 1;
  }
}

// SAFETY: the members of a token that are read.
const NEVER = {
  isCancellationRequested: false,
  onCancellationRequested: () => ({ dispose: () => undefined }),
} as unknown as vscode.CancellationToken;

type Tracked = (value: object, end: () => void) => { dispose(): void };

export const customEditorWindow = (tracked: Tracked) => ({
  registerCustomEditorProvider: (viewType: string, provider: vscode.CustomEditorProvider) => {
    providers.set(viewType, provider);
    return tracked({}, () => providers.delete(viewType));
  },
  tabGroups: {
    ...languageTabs(tracked),
    get activeTabGroup() {
      const { input, isDirty } = front;
      return { activeTab: input === undefined ? undefined : { input, isDirty } };
    },
  },
});

class TabInputText {
  readonly uri: unknown;
  constructor(uri: unknown) {
    this.uri = uri;
  }
}

class TabInputTextDiff {
  readonly original: unknown;
  readonly modified: unknown;
  constructor(original: unknown, modified: unknown) {
    this.original = original;
    this.modified = modified;
  }
}

class CancellationError extends Error {
  constructor() {
    super('Canceled');
    this.name = 'Canceled';
  }
}

export const customEditorValues = { TabInputText, TabInputTextDiff, CancellationError };
