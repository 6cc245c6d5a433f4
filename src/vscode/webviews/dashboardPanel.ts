import * as vscode from 'vscode';
import { AppError } from '../../core/errors.ts';
import type { Clock, Log } from '../../core/ports.ts';
import type { DashboardView } from '../../node/dashboard/dashboardView.ts';
import type { Handlers, Params, Server } from '../../shared/contract.ts';
import { dashboardContract, type DashboardContract } from '../../shared/dashboardContract.ts';
import { serve } from '../../shared/serve.ts';
import { DisposableStore, type Disposable } from '../disposableStore.ts';
import type { Projects } from '../ports.ts';
import { said, saidOnWire } from '../said.ts';
import { openListed } from './openListed.ts';
import { loadPage, panelIcon, webviewOptions } from './page.ts';
import { DASHBOARD_PANEL } from './places.ts';
import type { Goal } from './reviewHost.ts';
import { saveBoard } from './saveBoard.ts';
import { dashboardStrings, trainingStrings } from './strings.ts';
import { webviewPort } from './webviewPort.ts';

export interface DashboardPanelParts {
  readonly extension: vscode.Uri;
  readonly projects: Projects & { known(): Promise<void> };
  readonly clock: Clock;
  readonly log: Log;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Goes to an item or a list in Review. */
  readonly review: (root: string, goal: Goal) => Promise<void> | void;
  /** How often the files are looked at, in ms. */
  readonly pollMs?: number;
}

type Verb = Params<DashboardContract, 'run'>['verb'];

/** What a view's verb does: a command by name, with nothing from the view in it. */
const VERBS: Readonly<Record<Verb, string>> = {
  train: 'tailor.train',
  stop: 'tailor.stop',
  round: 'tailor.round',
  'look-at-test': 'tailor.lookAtTest',
  'show-training': 'tailor.showTraining',
};

interface Shown {
  readonly panel: vscode.WebviewPanel;
  readonly server: Server<DashboardContract>;
}

interface Opened {
  readonly root: string;
  readonly view: Promise<DashboardView>;
}

/** The rounds of the current project with their tests, lists, costs and curves, in an editor of its own. */
export class DashboardPanel implements vscode.WebviewPanelSerializer, Disposable {
  readonly #parts: DashboardPanelParts;
  readonly #store: DisposableStore;
  #shown: Shown | null = null;
  #opened: Opened | null = null;

  constructor(parts: DashboardPanelParts) {
    this.#parts = parts;
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
    const panel = vscode.window.createWebviewPanel(
      DASHBOARD_PANEL,
      vscode.l10n.t('Round Dashboard'),
      vscode.ViewColumn.Active,
      webviewOptions(extension),
    );
    this.#adopt(panel);
  }

  /** The window was loaded again: the project's files tell everything anew. */
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

  #adopt(panel: vscode.WebviewPanel): void {
    const { extension } = this.#parts;
    panel.iconPath = panelIcon(extension);
    const server = serve(dashboardContract, webviewPort(panel.webview), this.#handlers(), {
      say: saidOnWire,
      onError: (error, method) =>
        this.#parts.log.error(
          `Dashboard, ${method}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
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
    loadPage(this.#shown.panel.webview, {
      extension: this.#parts.extension,
      name: 'dashboard',
      title: vscode.l10n.t('Round Dashboard'),
      place: 'panel',
    });
  }

  #handlers(): Handlers<DashboardContract> {
    return {
      init: async () => ({
        state: (await this.#view()).snapshot(),
        strings: { ...trainingStrings(), ...dashboardStrings() },
      }),
      compare: async ({ from, to, set }) => ({
        rev: await (await this.#view()).compare(from, to, set),
      }),
      list: async ({ list, from, count }) => (await this.#view()).list(list, from, count),
      showRun: async ({ round, runId }) => ({
        rev: await (await this.#view()).showRun(round, runId),
      }),
      open: async (what) => {
        const { root } = this.#current();
        await openListed(await this.#view(), what, {
          root,
          review: (goal) => this.#parts.review(root, goal),
        });
        return {};
      },
      export: async (what) => {
        const { root } = this.#current();
        return { saved: await saveBoard(await this.#view(), what, root) };
      },
      run: ({ verb }) => {
        const { root } = this.#current();
        // Not awaited: a round takes as long as it takes, and shows here how it goes.
        void vscode.commands.executeCommand(VERBS[verb], { root });
        return {};
      },
    };
  }

  #current(): { readonly root: string; readonly name: string } {
    const { current } = this.#parts.projects;
    if (current) return current;
    throw new AppError('project.missing', vscode.l10n.t('This folder has no Tailor project.'), {
      hint: vscode.l10n.t('Create one with Tailor: Create Project.'),
    });
  }

  async #view(): Promise<DashboardView> {
    const { projects } = this.#parts;
    await projects.known();
    const { root, name } = this.#current();
    if (this.#opened?.root === root) return this.#opened.view;
    this.#close();
    const view = this.#open(root, name);
    const opened: Opened = { root, view };
    this.#opened = opened;
    void view.then(
      (one) => {
        if (this.#opened !== opened) one.dispose();
        else one.onState((state) => this.#shown?.server.emit('state', state));
      },
      () => {
        if (this.#opened === opened) this.#opened = null;
      },
    );
    return view;
  }

  /** What it needs is loaded when the first page asks for it. */
  async #open(root: string, project: string): Promise<DashboardView> {
    const { clock, environment, pollMs } = this.#parts;
    const { DashboardView } = await import('../../node/dashboard/dashboardView.ts');
    const { teacherPrices } = await import('../../node/dashboard/teacherPrices.ts');
    return DashboardView.open({
      root,
      project,
      clock,
      strings: trainingStrings(),
      say: said,
      prices: () => teacherPrices(environment),
      ...(pollMs === undefined ? {} : { pollMs }),
    });
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
