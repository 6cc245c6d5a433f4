import * as vscode from 'vscode';
import { AppError, cancelled, textOf } from '../core/errors.ts';
import type { Text } from '../core/sentence.ts';
import { PROJECT_FILE } from '../node/project/projectFileName.ts';
import type { Projects, ProjectRef } from './ports.ts';

const CHOSEN = 'tailor.chosenProject';
const MOST_PROJECTS = 50;

/** A tailor.json that cannot be read, with the reason. */
export interface BrokenProject {
  readonly root: string;
  readonly message: Text;
}

/** The projects of the workspace's folders, read from their files and kept in step with them. */
export class WorkspaceProjects implements Projects, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #memento: vscode.Memento;
  readonly #warn: (message: string) => void;
  #all: readonly ProjectRef[] = [];
  #broken: readonly BrokenProject[] = [];
  #look = 0;
  #newest: Promise<void> = Promise.resolve();
  #known: Promise<void> | null = null;

  constructor(memento: vscode.Memento, warn: (message: string) => void) {
    this.#memento = memento;
    this.#warn = warn;
  }

  get all(): readonly ProjectRef[] {
    return this.#all;
  }

  get broken(): readonly BrokenProject[] {
    return this.#broken;
  }

  get current(): ProjectRef | null {
    const chosen = this.#memento.get<string>(CHOSEN);
    const found = this.#all.find(({ root }) => root === chosen);
    return found ?? (this.#all.length === 1 ? (this.#all[0] ?? null) : null);
  }

  /** Resolves once the workspace has been looked through for the first time. */
  known(): Promise<void> {
    return (this.#known ??= this.refresh());
  }

  onDidChange(listener: () => void): vscode.Disposable {
    return this.#changed.event(listener);
  }

  /** Looks again. Of two looks at the same time the later one counts, and both end when it is over. */
  async refresh(): Promise<void> {
    this.#newest = this.#lookThrough();
    for (let over = null; over !== this.#newest;) {
      over = this.#newest;
      await over;
    }
  }

  async #lookThrough(): Promise<void> {
    this.#look += 1;
    const look = this.#look;
    const all: ProjectRef[] = [];
    const broken: BrokenProject[] = [];
    const files = await vscode.workspace.findFiles(
      `**/${PROJECT_FILE}`,
      '**/node_modules/**',
      MOST_PROJECTS,
    );
    for (const uri of files.filter(({ scheme }) => scheme === 'file')) {
      const root = vscode.Uri.joinPath(uri, '..').fsPath;
      try {
        const { loadProject } = await import('../node/project/loadProject.ts');
        const { file } = await loadProject(root);
        all.push({ root, name: file.name });
      } catch (error) {
        const message = textOf(error);
        broken.push({ root, message });
        this.#warn(String(message));
      }
    }
    if (look !== this.#look) return;
    this.#all = all.sort((a, b) => (a.root < b.root ? -1 : 1));
    this.#broken = broken;
    await vscode.commands.executeCommand('setContext', 'tailor.hasProject', all.length > 0);
    this.#changed.fire();
  }

  select(root: string): void {
    void this.#memento.update(CHOSEN, root);
    this.#changed.fire();
  }

  /** The project at `root` where one is named; it must be one of the workspace. */
  async pick(root?: string): Promise<ProjectRef> {
    await this.known();
    if (root !== undefined) {
      const named = this.#all.find((one) => one.root === root);
      if (named) return named;
    } else if (this.current) return this.current;
    if (this.#all.length === 0) throw this.#none();
    const picked = await vscode.window.showQuickPick(
      this.#all.map((project) => ({
        label: project.name,
        description: vscode.workspace.asRelativePath(project.root),
        project,
      })),
      { placeHolder: vscode.l10n.t('Which project?') },
    );
    if (!picked) throw cancelled();
    this.select(picked.project.root);
    return picked.project;
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #none(): AppError {
    const [broken] = this.#broken;
    if (broken) {
      return new AppError('project.invalid', broken.message, {
        hint: vscode.l10n.t('Correct the file; the Problems panel shows where.'),
      });
    }
    return vscode.workspace.workspaceFolders === undefined
      ? new AppError('project.missing', vscode.l10n.t('No folder is open.'), {
          hint: vscode.l10n.t('Open a folder, then create a project in it.'),
        })
      : new AppError('project.missing', vscode.l10n.t('This folder has no Tailor project.'), {
          hint: vscode.l10n.t('Create one with Tailor: Create Project.'),
        });
  }
}
