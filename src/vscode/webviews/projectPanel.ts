import * as vscode from 'vscode';
import { AppError } from '../../core/errors.ts';
import type { Log } from '../../core/ports.ts';
import type { Contract, Handlers, Server } from '../../shared/contract.ts';
import { serve } from '../../shared/serve.ts';
import { DisposableStore, type Disposable } from '../disposableStore.ts';
import type { Projects, ProjectRef } from '../ports.ts';
import { saidOnWire } from '../said.ts';
import { loadPage, panelIcon, webviewOptions, type PageName } from './page.ts';
import { webviewPort } from './webviewPort.ts';

export interface ProjectPanelParts {
  readonly extension: vscode.Uri;
  readonly projects: Projects & { known(): Promise<void> };
  readonly log: Log;
}

/** What a panel shows and what its page may ask for. `V` reads a project's files for it. */
export interface PanelKind<C extends Contract, V extends Disposable> {
  readonly viewType: string;
  readonly page: PageName;
  /** In the person's language. */
  readonly title: string;
  readonly contract: C;
  handlers(panel: ProjectPanel<C, V>): Handlers<C>;
  /** Begins to read a project, when the first page asks for it. */
  open(project: ProjectRef): Promise<V>;
  /** Hands on what the view has to tell; `tell` does nothing while no page is there. */
  follow(view: V, tell: (send: (server: Server<C>) => void) => void): void;
}

interface Shown<C extends Contract> {
  readonly panel: vscode.WebviewPanel;
  readonly server: Server<C>;
}

interface Opened<V> {
  readonly root: string;
  readonly view: Promise<V>;
}

/**
 * The current project seen from one side, in an editor of its own: at most one, which goes with the project and comes
 * back with its window. Everything it shows is read from the project's files.
 */
export class ProjectPanel<C extends Contract, V extends Disposable>
  implements vscode.WebviewPanelSerializer, Disposable
{
  readonly #parts: ProjectPanelParts;
  readonly #kind: PanelKind<C, V>;
  readonly #store: DisposableStore;
  #shown: Shown<C> | null = null;
  #opened: Opened<V> | null = null;

  constructor(parts: ProjectPanelParts, kind: PanelKind<C, V>) {
    this.#parts = parts;
    this.#kind = kind;
    this.#store = new DisposableStore((error) => parts.log.error(String(error)));
    this.#store.add(parts.projects.onDidChange(() => this.#onProject()));
  }

  /** Opens the panel, or brings it to the front; a named project becomes the current one. */
  async show(root?: string): Promise<void> {
    const { projects, extension } = this.#parts;
    await projects.known();
    if (root !== undefined && projects.all.some((one) => one.root === root)) projects.select(root);
    if (this.#shown) {
      this.#shown.panel.reveal();
      return;
    }
    const { viewType, title } = this.#kind;
    const { Active } = vscode.ViewColumn;
    const options = webviewOptions(extension);
    this.#adopt(vscode.window.createWebviewPanel(viewType, title, Active, options));
  }

  /** The window was loaded again: the files tell everything anew. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#shown) panel.dispose();
    else this.#adopt(panel);
    return Promise.resolve();
  }

  dispose(): void {
    this.#store.dispose();
    this.#shown?.panel.dispose();
    this.#close();
  }

  /** The project that is shown; `project.missing` where the workspace has none. */
  current(): ProjectRef {
    const { current } = this.#parts.projects;
    if (current) return current;
    throw new AppError('project.missing', vscode.l10n.t('This folder has no Tailor project.'), {
      hint: vscode.l10n.t('Create one with Tailor: Create Project.'),
    });
  }

  /** Its files, read once and followed while the panel is open. */
  async view(): Promise<V> {
    await this.#parts.projects.known();
    const project = this.current();
    if (this.#opened?.root === project.root) return this.#opened.view;
    this.#close();
    const view = this.#kind.open(project);
    const opened: Opened<V> = { root: project.root, view };
    this.#opened = opened;
    void view.then(
      (one) => {
        if (this.#opened !== opened) one.dispose();
        else {
          this.#kind.follow(one, (send) => {
            if (this.#shown) send(this.#shown.server);
          });
        }
      },
      () => {
        if (this.#opened === opened) this.#opened = null;
      },
    );
    return view;
  }

  /** What is shown of this project; null where the panel is not open, or shows another. */
  opened(root: string): Promise<V> | null {
    return this.#shown && this.#opened?.root === root ? this.#opened.view : null;
  }

  #adopt(panel: vscode.WebviewPanel): void {
    const { contract, page } = this.#kind;
    panel.iconPath = panelIcon(this.#parts.extension);
    const server = serve(contract, webviewPort(panel.webview), this.#kind.handlers(this), {
      say: saidOnWire,
      onError: (error, method) =>
        this.#parts.log.error(
          `${page}, ${method}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
        ),
    });
    this.#shown = { panel, server };
    panel.onDidDispose(() => {
      server.dispose();
      this.#shown = null;
      this.#close();
    });
    this.#load();
  }

  #load(): void {
    if (!this.#shown) return;
    const { page: name, title } = this.#kind;
    const { extension } = this.#parts;
    loadPage(this.#shown.panel.webview, { extension, name, title, place: 'panel' });
  }

  #onProject(): void {
    const root = this.#parts.projects.current?.root ?? null;
    if (this.#opened === null || this.#opened.root === root) return;
    this.#close();
    this.#load();
  }

  #close(): void {
    const closed = this.#opened;
    this.#opened = null;
    void closed?.view.then(
      (view) => view.dispose(),
      () => undefined,
    );
  }
}
