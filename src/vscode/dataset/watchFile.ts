import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../disposableStore.ts';

/** A checkout touches a file several times. */
const QUIET_MS = 100;

/** Calls back soon after a file was changed, made or deleted, wherever it lies. */
export function watchFile(file: vscode.Uri, changed: () => void): Disposable {
  const store = new DisposableStore(() => undefined);
  // All of its folder: the name itself may hold what a pattern reads as more than a name.
  const folder = new vscode.RelativePattern(vscode.Uri.joinPath(file, '..'), '*');
  const watcher = store.add(vscode.workspace.createFileSystemWatcher(folder));
  let waiting: NodeJS.Timeout | undefined;
  const onEvent = (uri: vscode.Uri): void => {
    if (uri.fsPath !== file.fsPath) return;
    clearTimeout(waiting);
    waiting = setTimeout(changed, QUIET_MS);
  };
  for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) {
    store.add(event(onEvent));
  }
  store.add({ dispose: () => clearTimeout(waiting) });
  return store;
}
