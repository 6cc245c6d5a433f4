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
  const look = ({ uri: { scheme, fsPath } }: vscode.TextDocument): void => {
    if (scheme !== 'file') return;
    const isInside = projects.all.some(({ root }) => fsPath.startsWith(root + sep));
    if (isInside || fsPath.endsWith(sep + PROJECT_FILE)) load();
  };
  const lookAtAll = (): void => vscode.workspace.textDocuments.forEach(look);
  store.add(vscode.workspace.onDidOpenTextDocument(look));
  store.add(projects.onDidChange(lookAtAll));
  lookAtAll();
}
