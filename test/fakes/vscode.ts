import { readdirSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type * as vscode from 'vscode';
import { fakeInputs } from './vscodeInputs.ts';
import {
  languageModule,
  languageValues,
  languageWorkspace,
  resetTexts,
} from './vscodeLanguages.ts';
import {
  customEditorWindow,
  customEditorValues,
  resetCustomEditors,
} from './vscodeCustomEditors.ts';
import { resetWebviews, webviewValues, webviewWindow, webviewWorkspace } from './vscodeWebviews.ts';

/** What a test sets before, and reads after; `resetVscode` clears it. */
export const editor = {
  isTrusted: true,
  /** The bundle of the window's language, by English text; empty in an English window. */
  translations: new Map<string, string>(),
  /** Folders of the workspace. */
  folders: [] as string[],
  /** What the person answers to an error message, a question or a pick; a pick's item by its label. */
  answer: undefined as string | undefined,
  /** Answers in order, before `answer`. */
  answers: [] as (string | undefined)[],
  settings: new Map<string, unknown>(),
  context: new Map<string, unknown>(),
  secrets: new Map<string, string>(),
  /** Calls of commands that are not ours. */
  executed: [] as { id: string; args: unknown[] }[],
  /** What some of those commands do in this editor. */
  builtins: new Map<string, (...args: unknown[]) => unknown>(),
  information: [] as string[],
  /** What modal questions said in full. */
  details: [] as string[],
  /** Questions of conversations, and what was said to be wrong with answers. */
  asked: [] as { readonly title: string; readonly text: string; readonly items: string[] }[],
  problems: [] as string[],
  /** The file or folder that the person chooses in a dialog. */
  chosenFile: undefined as string | undefined,
  /** What the dialog for saving proposed. */
  savedAs: [] as string[],
  documents: [] as { path: string; text: string }[],
  providers: new Map<string, vscode.TextDocumentContentProvider>(),
  statusBar: [] as vscode.StatusBarItem[],
  clipboard: '',
  trustListeners: new Set<() => unknown>(),
  live: new Set<object>(),
  commands: new Map<string, (...args: unknown[]) => unknown>(),
  trees: new Map<string, vscode.TreeDataProvider<unknown>>(),
  terminals: [] as vscode.TerminalOptions[],
  errors: [] as string[],
  log: [] as string[],
  picks: [] as string[][],
  fileEvents: [] as ((uri?: vscode.Uri) => void)[],
};

export function resetVscode(): void {
  resetTexts();
  resetWebviews();
  resetCustomEditors();
  editor.isTrusted = true;
  editor.folders = [];
  editor.answer = undefined;
  editor.chosenFile = undefined;
  editor.live.clear();
  editor.commands.clear();
  editor.trees.clear();
  editor.clipboard = '';
  for (const map of [
    editor.translations,
    editor.settings,
    editor.context,
    editor.secrets,
    editor.providers,
    editor.builtins,
  ])
    map.clear();
  editor.trustListeners.clear();
  for (const list of [
    editor.answers,
    editor.executed,
    editor.information,
    editor.details,
    editor.asked,
    editor.problems,
    editor.documents,
    editor.savedAs,
    editor.statusBar,
    editor.terminals,
    editor.errors,
    editor.log,
    editor.picks,
    editor.fileEvents,
  ])
    list.length = 0;
}

/** A disposable that counts as alive until it is disposed of. */
function tracked<T extends object>(
  value: T,
  end: () => void = () => undefined,
): T & { dispose(): void } {
  const made = Object.assign(value, {
    dispose: () => {
      editor.live.delete(made);
      end();
    },
  });
  editor.live.add(made);
  return made;
}

class EventEmitter<T> implements vscode.EventEmitter<T> {
  readonly #listeners = new Set<(value: T) => unknown>();
  constructor() {
    tracked(this, () => this.#listeners.clear());
  }
  readonly event = (listener: (value: T) => unknown): { dispose(): void } => {
    this.#listeners.add(listener);
    return tracked({}, () => this.#listeners.delete(listener));
  };
  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
  // Replaced by `tracked`.
  dispose(): void {}
}

class TreeItem implements vscode.TreeItem {
  label: string | vscode.TreeItemLabel;
  collapsibleState: vscode.TreeItemCollapsibleState;
  description?: string | boolean;
  iconPath?: string | vscode.IconPath;
  constructor(
    label: string | vscode.TreeItemLabel,
    collapsibleState: vscode.TreeItemCollapsibleState,
  ) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

class ThemeColor implements vscode.ThemeColor {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}

class ThemeIcon implements vscode.ThemeIcon {
  readonly id: string;
  readonly color?: vscode.ThemeColor;
  constructor(id: string, color?: vscode.ThemeColor) {
    this.id = id;
    if (color) this.color = color;
  }
}

class RelativePattern {
  readonly baseUri: { readonly fsPath: string };
  readonly pattern: string;
  constructor(baseUri: { readonly fsPath: string }, pattern: string) {
    this.baseUri = baseUri;
    this.pattern = pattern;
  }
}

/** The next answer of the person. */
function answer(): string | undefined {
  return editor.answers.length > 0 ? editor.answers.shift() : editor.answer;
}

function labelOf(item: unknown): string {
  if (typeof item === 'string') return item;
  return typeof item === 'object' && item !== null && 'label' in item ? String(item.label) : '';
}

/** A memento that forgets at the end. */
export function memento(): vscode.Memento & { setKeysForSync(keys: readonly string[]): void } {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: (key: string, otherwise?: unknown) => values.get(key) ?? otherwise,
    update: (key, value) => {
      values.set(key, value);
      return Promise.resolve();
    },
    setKeysForSync: () => undefined,
  } as vscode.Memento & { setKeysForSync(keys: readonly string[]): void };
}

/** Secrets in memory, with the event of the real ones. */
export function secretStorage(): vscode.SecretStorage {
  const changed = new EventEmitter<vscode.SecretStorageChangeEvent>();
  editor.live.delete(changed);
  return {
    keys: () => Promise.resolve([...editor.secrets.keys()]),
    get: (key) => Promise.resolve(editor.secrets.get(key)),
    store: (key, value) => {
      editor.secrets.set(key, value);
      changed.fire({ key });
      return Promise.resolve();
    },
    delete: (key) => {
      editor.secrets.delete(key);
      changed.fire({ key });
      return Promise.resolve();
    },
    onDidChange: changed.event,
  };
}

/** The part of the extension's context that the extension reads. */
export function extensionContext(extensionPath = '/opt/tailor'): vscode.ExtensionContext {
  const subscriptions: { dispose(): unknown }[] = [];
  const context = {
    subscriptions,
    extensionPath,
    extensionUri: uri(extensionPath),
    globalStorageUri: uri(join(extensionPath, 'storage')),
    workspaceState: memento(),
    globalState: memento(),
    secrets: secretStorage(),
  };
  // SAFETY: the extension reads these members of its context and no other.
  return context as unknown as vscode.ExtensionContext;
}

const uri = (path: string, scheme = 'file', query = '') => ({
  scheme,
  fsPath: path,
  path,
  query,
  toString: () => `${scheme}:${path}`,
});

const log = (level: string) => (text: unknown) => {
  editor.log.push(`${level}: ${text instanceof Error ? text.message : String(text)}`);
};

/** The names of `{a,b}` or of a plain pattern. */
const namesOf = (pattern: string): string[] =>
  /^\{(.*)\}$/u.exec(pattern)?.[1]?.split(',') ?? [pattern];

const find = (name: string, folders = editor.folders): ReturnType<typeof uri>[] =>
  folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path === name || path.endsWith(`/${name}`))
      .sort()
      .map((path) => uri(join(folder, path))),
  );

/** The part of VS Code's interface that the extension uses, with the same shapes. */
export const vscodeModule = {
  ...webviewValues,
  ...customEditorValues,
  ...languageValues,
  EventEmitter,
  TreeItem,
  ThemeIcon,
  ThemeColor,
  RelativePattern,
  ProgressLocation: { SourceControl: 1, Window: 10, Notification: 15 },
  StatusBarAlignment: { Left: 1, Right: 2 },
  ConfigurationTarget: { Global: 1, Workspace: 2, WorkspaceFolder: 3 },
  QuickInputButtons: { Back: {} },
  QuickPickItemKind: { Separator: -1, Default: 0 },
  TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
  Uri: {
    file: (path: string) => uri(path),
    parse: (text: string) => uri(text.slice(text.indexOf(':') + 1), text.split(':')[0]),
    from: (parts: { scheme: string; path: string; query?: string }) =>
      uri(parts.path, parts.scheme, parts.query),
    joinPath: (base: { fsPath: string }, ...parts: string[]) => uri(join(base.fsPath, ...parts)),
  },
  env: {
    language: 'en',
    clipboard: {
      writeText: (text: string) => {
        editor.clipboard = text;
        return Promise.resolve();
      },
    },
  },
  languages: languageModule(tracked),
  extensions: { getExtension: () => undefined },
  l10n: {
    t: (text: string, ...args: unknown[]) =>
      (editor.translations.get(text) ?? text).replace(
        /\{(\d+)\}/gu,
        // A text without anything to fill in keeps its places, as in the editor.
        (place, index: string) => (args.length === 0 ? place : String(args[Number(index)])),
      ),
  },
  commands: {
    registerCommand: (id: string, run: (...args: unknown[]) => unknown) => {
      if (editor.commands.has(id)) throw new Error(`command '${id}' already exists`);
      editor.commands.set(id, run);
      return tracked({}, () => editor.commands.delete(id));
    },
    executeCommand: (id: string, ...args: unknown[]) => {
      if (id === 'setContext') editor.context.set(String(args[0]), args[1]);
      else editor.executed.push({ id, args });
      return Promise.resolve(editor.builtins.get(id)?.(...args));
    },
  },
  window: {
    ...webviewWindow(tracked),
    ...customEditorWindow(tracked),
    createOutputChannel: () =>
      tracked({
        show: () => undefined,
        error: log('error'),
        warn: log('warn'),
        info: log('info'),
        debug: log('debug'),
      }),
    createStatusBarItem: (id: string) => {
      const item = tracked({ id, text: '', show: () => undefined, hide: () => undefined });
      // SAFETY: the members that the extension sets are added by setting them.
      editor.statusBar.push(item as unknown as vscode.StatusBarItem);
      return item;
    },
    createTreeView: (id: string, options: vscode.TreeViewOptions<unknown>) => {
      editor.trees.set(id, options.treeDataProvider);
      return tracked({ message: '', description: '' }, () => editor.trees.delete(id));
    },
    withProgress: <T>(
      _options: unknown,
      work: (progress: { report(): void }, token: unknown) => Promise<T>,
    ): Promise<T> =>
      work(
        { report: () => undefined },
        { isCancellationRequested: false, onCancellationRequested: () => tracked({}) },
      ),
    showTextDocument: () => Promise.resolve(undefined),
    showWarningMessage: (text: string, options?: string | vscode.MessageOptions) => {
      editor.information.push(text);
      if (typeof options === 'object' && options.detail !== undefined)
        editor.details.push(options.detail);
      return Promise.resolve(answer());
    },
    showInformationMessage: (text: string, options?: string | vscode.MessageOptions) => {
      editor.information.push(text);
      if (typeof options === 'object' && options.detail !== undefined)
        editor.details.push(options.detail);
      return Promise.resolve(answer());
    },
    ...fakeInputs({
      answer,
      asked: (question) => editor.asked.push(question),
      problem: (text) => editor.problems.push(text),
      tracked,
    }),
    showOpenDialog: () =>
      Promise.resolve(editor.chosenFile === undefined ? undefined : [uri(editor.chosenFile)]),
    showSaveDialog: (options: vscode.SaveDialogOptions) => {
      editor.savedAs.push(options.defaultUri?.path ?? '');
      return Promise.resolve(editor.chosenFile === undefined ? undefined : uri(editor.chosenFile));
    },
    showInputBox: () => Promise.resolve(answer()),
    registerTreeDataProvider: (id: string, tree: vscode.TreeDataProvider<unknown>) => {
      editor.trees.set(id, tree);
      return tracked({}, () => editor.trees.delete(id));
    },
    showErrorMessage: (text: string) => {
      editor.errors.push(text);
      return Promise.resolve(answer());
    },
    showQuickPick: async (given: unknown[] | Promise<unknown[]>) => {
      const items = await given;
      editor.picks.push(items.map(labelOf));
      const chosen = answer();
      return items.find((item) => labelOf(item) === chosen);
    },
    createTerminal: (options: vscode.TerminalOptions) => {
      editor.terminals.push(options);
      return { show: () => undefined };
    },
  },
  workspace: {
    ...webviewWorkspace(tracked),
    ...languageWorkspace(tracked),
    get isTrusted() {
      return editor.isTrusted;
    },
    get workspaceFolders() {
      if (editor.folders.length === 0) return undefined;
      return editor.folders.map((folder) => ({ uri: uri(folder), name: folder, index: 0 }));
    },
    asRelativePath: (path: string) => relative(editor.folders[0] ?? '/', path) || path,
    findFiles: (pattern: string | RelativePattern) =>
      Promise.resolve(
        typeof pattern === 'string'
          ? namesOf(pattern.replace('**/', '')).flatMap((name) => find(name))
          : find(pattern.pattern.replace('**/', ''), [pattern.baseUri.fsPath]),
      ),
    fs: {
      stat: async ({ fsPath }: { fsPath: string }) => ({ size: (await stat(fsPath)).size }),
      writeFile: async ({ fsPath }: { fsPath: string }, bytes: Uint8Array) =>
        writeFile(fsPath, bytes),
    },
    onDidGrantWorkspaceTrust: (listener: () => unknown) => {
      editor.trustListeners.add(listener);
      return tracked({}, () => editor.trustListeners.delete(listener));
    },
    onDidChangeConfiguration: () => tracked({}),
    getConfiguration: (section: string) => ({
      get: (key: string, otherwise?: unknown) =>
        editor.settings.get(`${section}.${key}`) ?? otherwise,
      inspect: (key: string) => ({ globalValue: editor.settings.get(`${section}.${key}`) }),
      update: (key: string, value: unknown) => {
        editor.settings.set(`${section}.${key}`, value);
        return Promise.resolve();
      },
    }),
    registerTextDocumentContentProvider: (
      scheme: string,
      provider: vscode.TextDocumentContentProvider,
    ) => {
      editor.providers.set(scheme, provider);
      return tracked({}, () => editor.providers.delete(scheme));
    },
    openTextDocument: async (target: ReturnType<typeof uri>) => {
      const provider = editor.providers.get(target.scheme);
      // SAFETY: the members of a URI that our providers read.
      const asked = provider?.provideTextDocumentContent(
        target as unknown as vscode.Uri,
        undefined as unknown as vscode.CancellationToken,
      );
      const document = { path: target.path, text: (await asked) ?? '' };
      editor.documents.push(document);
      return document;
    },
    createFileSystemWatcher: () => {
      const event = (listener: (uri?: vscode.Uri) => void) => {
        editor.fileEvents.push(listener);
        return tracked({});
      };
      return tracked({ onDidChange: event, onDidCreate: event, onDidDelete: event });
    },
  },
};
