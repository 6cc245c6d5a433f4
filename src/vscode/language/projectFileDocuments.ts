import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Log } from '../../core/ports.ts';
import { checkProjectFile, type ProjectProblem } from '../../core/project/checkProjectFile.ts';
import { placesIn } from '../../core/project/projectPlaces.ts';
import { surroundingsOf } from '../../node/project/projectInventory.ts';
import { PROJECT_FILE } from '../../node/project/projectFileName.ts';
import { visibleText } from '../../core/visibleText.ts';
import { DisposableStore, type Disposable } from '../disposableStore.ts';
import { said } from '../said.ts';
import { severityOf, SOURCE } from './dataDiagnostics.ts';

const QUIET_MS = 300;

interface Found {
  readonly version: number;
  readonly problems: Promise<readonly ProjectProblem[]>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The project files that are open in editors, checked beyond their schema whenever nobody has typed for a moment. */
export class ProjectFileDocuments implements Disposable {
  readonly #store: DisposableStore;
  readonly #shown: vscode.DiagnosticCollection;
  readonly #environment: Environment;
  readonly #log: Log;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** What was found in the version that was looked at last: the cursor moves more often than files come and go. */
  readonly #found = new WeakMap<vscode.TextDocument, Found>();

  constructor(parts: {
    readonly environment: Environment;
    readonly onProjects: (listener: () => void) => Disposable;
    readonly log: Log;
  }) {
    const { environment, log, onProjects } = parts;
    this.#environment = environment;
    this.#log = log;
    this.#store = new DisposableStore((error) => log.error(String(error)));
    this.#shown = this.#store.add(vscode.languages.createDiagnosticCollection('tailor-project'));
    const { workspace, window } = vscode;
    this.#store.add(workspace.onDidOpenTextDocument((document) => this.#soon(document, 0)));
    this.#store.add(workspace.onDidChangeTextDocument(({ document }) => this.#soon(document)));
    this.#store.add(
      workspace.onDidCloseTextDocument(({ uri }) => {
        clearTimeout(this.#timers.get(uri.toString()));
        this.#timers.delete(uri.toString());
        this.#shown.delete(uri);
      }),
    );
    // Files, profiles and students come and go outside the editor: whoever looked after them comes back to this window.
    this.#store.add(window.onDidChangeWindowState(({ focused }) => focused && this.#all()));
    this.#store.add(onProjects(() => this.#all()));
    this.#all();
  }

  /** What is wrong with a project file as it is now. */
  problems(document: vscode.TextDocument): Promise<readonly ProjectProblem[]> {
    const found = this.#found.get(document);
    return found?.version === document.version ? found.problems : this.#look(document);
  }

  #look(document: vscode.TextDocument): Promise<readonly ProjectProblem[]> {
    const text = document.getText();
    const { version, uri } = document;
    const problems = surroundingsOf(rootOf(uri), text, this.#environment).then((around) =>
      checkProjectFile(placesIn(text), around),
    );
    this.#found.set(document, { version, problems });
    return problems;
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#store.dispose();
  }

  #all(): void {
    for (const document of vscode.workspace.textDocuments) this.#soon(document, 0);
  }

  #soon(document: vscode.TextDocument, wait = QUIET_MS): void {
    if (!isProjectFile(document.uri)) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => void this.#check(document), wait),
    );
  }

  async #check(document: vscode.TextDocument): Promise<void> {
    const { version, uri } = document;
    try {
      const problems = await this.#look(document);
      if (document.isClosed || document.version !== version) return;
      const shown = problems.flatMap((problem) => diagnosticOf(document, problem));
      this.#shown.set(uri, shown);
    } catch (error) {
      this.#log.error(`Project check: ${String(error)}`);
    }
  }
}

export function isProjectFile({ scheme, path }: vscode.Uri): boolean {
  return scheme === 'file' && path.endsWith(`/${PROJECT_FILE}`) && !path.includes('/node_modules/');
}

export const rootOf = ({ fsPath }: vscode.Uri): string => dirname(fsPath);

export function spanRange(
  document: vscode.TextDocument,
  { from, to }: { readonly from: number; readonly to: number },
): vscode.Range {
  return new vscode.Range(document.positionAt(from), document.positionAt(to));
}

/** None where the editor's own check by the schema says it already. */
function diagnosticOf(document: vscode.TextDocument, problem: ProjectProblem): vscode.Diagnostic[] {
  if (problem.severity === null) return [];
  const diagnostic = new vscode.Diagnostic(
    spanRange(document, problem),
    visibleText(said(problem.message)),
    severityOf(problem.severity),
  );
  diagnostic.source = SOURCE;
  diagnostic.code = problem.kind;
  return [diagnostic];
}
