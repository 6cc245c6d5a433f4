import * as vscode from 'vscode';
import type { Clock, Log } from '../../core/ports.ts';
import { PROJECT_FILE } from '../../node/project/projectFileName.ts';
import type { Disposable, DisposableStore } from '../disposableStore.ts';
import { DataActions } from './dataActions.ts';
import { diagnosticsOf, tooLarge } from './dataDiagnostics.ts';
import { DataDocuments } from './dataDocuments.ts';
import { DataFiles, type AnyProjects } from './dataFiles.ts';
import { KEPT_SELECTOR, KeptFileActions, KeptFileGuard, KeptFileLens } from './frozenFiles.ts';
import { KeptEditors } from './keptEditors.ts';
import { ProjectFileActions } from './projectFileActions.ts';
import { ProjectFileCompletion } from './projectFileCompletion.ts';
import { ProjectFileDocuments } from './projectFileDocuments.ts';
import { ProjectFileHover } from './projectFileHover.ts';
import { RowHints } from './rowHints.ts';
import { RowHover } from './rowHover.ts';
import { ProjectStates } from './rowStates.ts';

export interface LanguageParts {
  readonly projects: AnyProjects;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the text editor knows of data files, project files and files of rounds. */
export function makeFeatures(store: DisposableStore, parts: LanguageParts): void {
  dataFeatures(store, parts);
  projectFileFeatures(store, parts);
  store.add(vscode.languages.registerCodeLensProvider(KEPT_SELECTOR, new KeptFileLens()));
  store.add(vscode.languages.registerCodeActionsProvider(KEPT_SELECTOR, new KeptFileActions()));
  store.add(new KeptFileGuard(parts.log));
  store.add(new KeptEditors(parts.log));
}

function dataFeatures(store: DisposableStore, { projects, clock, log }: LanguageParts): void {
  const { languages } = vscode;
  const files = store.add(new DataFiles(projects));
  const shown = store.add(languages.createDiagnosticCollection('tailor-data'));
  const documents = store.add(
    new DataDocuments({
      files,
      log,
      show: (uri, what) => {
        if (what === null) shown.delete(uri);
        else shown.set(uri, what === 'large' ? [tooLarge()] : diagnosticsOf(uri, what, files));
      },
    }),
  );
  const states = store.add(new ProjectStates(files, clock, log));
  store.add(
    vscode.workspace.onDidCloseTextDocument(() => {
      for (const { root } of files.all) if (!documents.isOpen(root)) states.forget(root);
    }),
  );
  const hints = store.add(new RowHints(files, states));
  let registered: Disposable[] = [];
  const register = (): void => {
    registered.forEach((one) => one.dispose());
    const selector = files.selector();
    registered = [
      languages.registerCodeActionsProvider(selector, new DataActions(documents), {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
      languages.registerHoverProvider(selector, new RowHover(files, states)),
      languages.registerInlayHintsProvider(selector, hints),
    ];
    const paths = files.all.map(({ real }) => real);
    void vscode.commands.executeCommand('setContext', 'tailor.dataFiles', paths);
  };
  store.add(files.onDidChange(register));
  store.add({ dispose: () => registered.forEach((one) => one.dispose()) });
}

function projectFileFeatures(
  store: DisposableStore,
  { projects, environment, log }: LanguageParts,
): void {
  const { languages } = vscode;
  const selector = { scheme: 'file', pattern: `**/${PROJECT_FILE}` };
  const documents = store.add(
    new ProjectFileDocuments({
      environment,
      onProjects: (listener) => projects.onDidChange(listener),
      log,
    }),
  );
  store.add(
    languages.registerCompletionItemProvider(
      selector,
      new ProjectFileCompletion(environment),
      '"',
      '/',
      ':',
      ' ',
    ),
  );
  store.add(
    languages.registerCodeActionsProvider(selector, new ProjectFileActions(documents), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
  );
  store.add(languages.registerHoverProvider(selector, new ProjectFileHover(environment)));
}
