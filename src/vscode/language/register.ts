import { sep } from 'node:path';
import * as vscode from 'vscode';
import { PROJECT_FILE } from '../../node/project/projectFileName.ts';
import type { DisposableStore } from '../disposableStore.ts';
import { once } from '../once.ts';
import type { LanguageParts } from './features.ts';

/** What the text editor knows of a project's files; loaded with the first such file that is opened. */
export function registerLanguage(store: DisposableStore, parts: LanguageParts): void {
  const { projects, log } = parts;
  const load = once(() => {
    import('./features.ts').then(
      ({ makeFeatures }) => makeFeatures(store, parts),
      (error: unknown) => log.error(String(error)),
    );
  });
  const look = ({ scheme, fsPath }: vscode.Uri): void => {
    if (scheme !== 'file') return;
    const known = [...projects.all, ...projects.broken];
    const isInside = known.some(({ root }) => fsPath.startsWith(root + sep));
    if (isInside || fsPath.endsWith(sep + PROJECT_FILE)) load();
  };
  const { workspace, window } = vscode;
  const lookAt = (tabs: readonly vscode.Tab[]): void => {
    for (const { input } of tabs) if (input instanceof vscode.TabInputText) look(input.uri);
  };
  const lookAtAll = (): void => {
    for (const { uri } of workspace.textDocuments) look(uri);
    for (const { tabs } of window.tabGroups.all) lookAt(tabs);
  };
  store.add(workspace.onDidOpenTextDocument(({ uri }) => look(uri)));
  store.add(window.tabGroups.onDidChangeTabs(({ opened }) => lookAt(opened)));
  store.add(projects.onDidChange(lookAtAll));
  lookAtAll();
}
