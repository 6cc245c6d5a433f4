import * as vscode from 'vscode';
import type { Log } from '../../core/ports.ts';
import { DisposableStore, type Disposable } from '../disposableStore.ts';
import { whyKept } from './frozenFiles.ts';

const LOCK = 'workbench.action.files.setActiveEditorReadonlyInSession';
const RESET = 'workbench.action.files.resetActiveEditorReadonlyInSession';

/**
 * Makes text editors of what a project's rounds were made of read-only. A setting would do so by the names of files in
 * every folder that anybody opens; VS Code's command does it for the one file in front. Each file once: whoever makes
 * it writable again means it.
 */
export class KeptEditors implements Disposable {
  readonly #store: DisposableStore;
  readonly #done = new Set<string>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
    this.#store = new DisposableStore((error) => log.error(String(error)));
    const { tabGroups } = vscode.window;
    const look = (): void => {
      this.#look().catch((error: unknown) => this.#log.error(String(error)));
    };
    this.#store.add(tabGroups.onDidChangeTabs(look));
    this.#store.add(tabGroups.onDidChangeTabGroups(look));
    look();
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #look(): Promise<void> {
    const uri = inFront();
    if (uri === null) return;
    const key = uri.toString();
    if (this.#done.has(key) || (await whyKept(uri)) === null) return;
    // Meanwhile another editor may have come to the front, or another look have been faster.
    if (this.#done.has(key) || inFront()?.toString() !== key) return;
    this.#done.add(key);
    await vscode.commands.executeCommand(LOCK);
    const now = inFront();
    if (now === null || now.toString() === key) return;
    // The command means whatever is in front when it arrives: what is not ours is given back.
    this.#done.delete(key);
    if ((await whyKept(now)) === null) await vscode.commands.executeCommand(RESET);
  }
}

/** The file of the text editor in front, or the right one of two that are compared; null where it has unsaved edits. */
function inFront(): vscode.Uri | null {
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
  if (!tab || tab.isDirty) return null;
  const { input } = tab;
  if (input instanceof vscode.TabInputText) return input.uri;
  return input instanceof vscode.TabInputTextDiff ? input.modified : null;
}
