import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type * as vscode from 'vscode';

/** What a test sets before, and reads after; `resetVscode` clears it. */
export const editor = {
  isTrusted: true,
  /** Folders of the workspace. */
  folders: [] as string[],
  /** What the person answers to an error message or a pick. */
  answer: undefined as string | undefined,
  live: new Set<object>(),
  commands: new Map<string, (...args: unknown[]) => unknown>(),
  trees: new Map<string, vscode.TreeDataProvider<unknown>>(),
  terminals: [] as vscode.TerminalOptions[],
  errors: [] as string[],
  log: [] as string[],
  picks: [] as string[][],
  fileEvents: [] as (() => void)[],
};

export function resetVscode(): void {
  editor.isTrusted = true;
  editor.folders = [];
  editor.answer = undefined;
  editor.live.clear();
  editor.commands.clear();
  editor.trees.clear();
  for (const list of [editor.terminals, editor.errors, editor.log, editor.picks, editor.fileEvents])
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

class EventEmitter<T> {
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

class TreeItem {
  label: string;
  collapsibleState: number;
  description?: string;
  iconPath?: unknown;
  constructor(label: string, collapsibleState = 0) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

class ThemeIcon {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}

const uri = (path: string) => ({ scheme: 'file', fsPath: path, path });

const log = (level: string) => (text: unknown) => {
  editor.log.push(`${level}: ${text instanceof Error ? text.message : String(text)}`);
};

const find = (name: string): ReturnType<typeof uri>[] =>
  editor.folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path === name || path.endsWith(`/${name}`))
      .sort()
      .map((path) => uri(join(folder, path))),
  );

/** The part of VS Code's interface that the extension uses, with the same shapes. */
export const vscodeModule = {
  EventEmitter,
  TreeItem,
  ThemeIcon,
  TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
  Uri: {
    file: uri,
    joinPath: (base: { fsPath: string }, ...parts: string[]) => uri(join(base.fsPath, ...parts)),
  },
  l10n: {
    t: (text: string, ...args: unknown[]) =>
      text.replace(/\{(\d)\}/gu, (_, index: string) => String(args[Number(index)])),
  },
  commands: {
    registerCommand: (id: string, run: (...args: unknown[]) => unknown) => {
      if (editor.commands.has(id)) throw new Error(`command '${id}' already exists`);
      editor.commands.set(id, run);
      return tracked({}, () => editor.commands.delete(id));
    },
  },
  window: {
    createOutputChannel: () =>
      tracked({ show: () => undefined, error: log('error'), warn: log('warn'), info: log('info') }),
    registerTreeDataProvider: (id: string, tree: vscode.TreeDataProvider<unknown>) => {
      editor.trees.set(id, tree);
      return tracked({}, () => editor.trees.delete(id));
    },
    showErrorMessage: (text: string) => {
      editor.errors.push(text);
      return Promise.resolve(editor.answer);
    },
    showQuickPick: (items: string[]) => {
      editor.picks.push(items);
      return Promise.resolve(editor.answer);
    },
    createTerminal: (options: vscode.TerminalOptions) => {
      editor.terminals.push(options);
      return { show: () => undefined };
    },
  },
  workspace: {
    get isTrusted() {
      return editor.isTrusted;
    },
    get workspaceFolders() {
      return editor.folders.map((folder) => ({ uri: uri(folder), name: folder, index: 0 }));
    },
    asRelativePath: (path: string) => relative(editor.folders[0] ?? '/', path) || path,
    findFiles: (pattern: string) => Promise.resolve(find(pattern.replace('**/', ''))),
    createFileSystemWatcher: () => {
      const event = (listener: () => void) => {
        editor.fileEvents.push(listener);
        return tracked({});
      };
      return tracked({ onDidChange: event, onDidCreate: event, onDidDelete: event });
    },
  },
};
