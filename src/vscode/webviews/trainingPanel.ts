import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { AppError } from '../../core/errors.ts';
import type { Clock, Log } from '../../core/ports.ts';
import type { TrainingView } from '../../node/trainer/trainingView.ts';
import type { Handlers, Server } from '../../shared/contract.ts';
import { serve } from '../../shared/serve.ts';
import { trainingContract, type TrainingContract } from '../../shared/trainingContract.ts';
import { DisposableStore, type Disposable } from '../disposableStore.ts';
import type { Projects } from '../ports.ts';
import { saidOnWire } from '../said.ts';
import { LARGEST_DOCUMENT } from './dataLine.ts';
import { loadPage, panelIcon, webviewOptions } from './page.ts';
import { TRAINING_PANEL } from './places.ts';
import { trainingStrings } from './strings.ts';
import { webviewPort } from './webviewPort.ts';

export interface TrainingPanelParts {
  readonly extension: vscode.Uri;
  readonly projects: Projects & { known(): Promise<void> };
  readonly clock: Clock;
  readonly log: Log;
  /** How often the run folder is looked at, in ms. */
  readonly pollMs?: number;
}

interface Shown {
  readonly panel: vscode.WebviewPanel;
  readonly server: Server<TrainingContract>;
}

interface Opened {
  readonly root: string;
  readonly view: Promise<TrainingView>;
}

/** A training as it goes on, in an editor of its own: made from the run folder, whoever started the run. */
export class TrainingPanel implements vscode.WebviewPanelSerializer, Disposable {
  readonly #parts: TrainingPanelParts;
  readonly #store: DisposableStore;
  #shown: Shown | null = null;
  #opened: Opened | null = null;

  constructor(parts: TrainingPanelParts) {
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
      TRAINING_PANEL,
      vscode.l10n.t('Training'),
      vscode.ViewColumn.Active,
      webviewOptions(extension),
    );
    this.#adopt(panel);
  }

  /** The window was loaded again: the run folder tells everything anew. */
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
    const server = serve(trainingContract, webviewPort(panel.webview), this.#handlers(), {
      say: saidOnWire,
      onError: (error, method) =>
        this.#parts.log.error(
          `Training, ${method}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
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
      name: 'training',
      title: vscode.l10n.t('Training'),
      place: 'panel',
    });
  }

  #handlers(): Handlers<TrainingContract> {
    return {
      init: async () => ({
        snapshot: (await this.#view()).snapshot(),
        strings: { ...trainingStrings() },
      }),
      show: async ({ round, runId }) => ({ rev: await (await this.#view()).show(round, runId) }),
      run: async ({ verb }) => {
        await this.#run(verb);
        return {};
      },
    };
  }

  async #run(verb: 'train' | 'stop' | 'show-log' | 'open-folder'): Promise<void> {
    const { root } = this.#current();
    const view = await this.#view();
    switch (verb) {
      // Not awaited: a training takes as long as it takes, and shows here how it goes.
      case 'train':
        void vscode.commands.executeCommand('tailor.train', { root });
        return;
      case 'stop':
        void vscode.commands.executeCommand('tailor.stop', { root });
        return;
      case 'show-log':
        await showLog(view);
        return;
      case 'open-folder': {
        if (!view.run) return;
        const folder = vscode.Uri.file(view.run.folder);
        await vscode.commands.executeCommand('revealInExplorer', folder);
      }
    }
  }

  #current(): { readonly root: string; readonly name: string } {
    const { current } = this.#parts.projects;
    if (current) return current;
    throw new AppError('project.missing', vscode.l10n.t('This folder has no Tailor project.'), {
      hint: vscode.l10n.t('Create one with Tailor: Create Project.'),
    });
  }

  async #view(): Promise<TrainingView> {
    const { projects, clock, pollMs } = this.#parts;
    await projects.known();
    const { root, name } = this.#current();
    if (this.#opened?.root === root) return this.#opened.view;
    this.#close();
    const view = import('../../node/trainer/trainingView.ts').then((module) =>
      module.TrainingView.open({
        root,
        project: name,
        clock,
        strings: trainingStrings(),
        ...(pollMs === undefined ? {} : { pollMs }),
      }),
    );
    const opened: Opened = { root, view };
    this.#opened = opened;
    void view.then(
      (one) => {
        if (this.#opened !== opened) one.dispose();
        else one.onSnapshot((snapshot) => this.#shown?.server.emit('snapshot', snapshot));
      },
      () => {
        if (this.#opened === opened) this.#opened = null;
      },
    );
    return view;
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

/** The trainer's own words; of a flood of them only the editor's own viewer of large files could show more. */
async function showLog({ run }: TrainingView): Promise<void> {
  if (!run) return;
  const log = vscode.Uri.joinPath(vscode.Uri.file(run.folder), 'train.log');
  const size = await stat(log.fsPath).then(
    (found) => found.size,
    () => null,
  );
  if (size === null) {
    throw new AppError('store.missing', vscode.l10n.t('This run has no log yet.'));
  }
  if (size > LARGEST_DOCUMENT) {
    throw new AppError(
      'usage',
      vscode.l10n.t('The log has {0} MB: too much for a text editor.', (size / 1e6).toFixed(0)),
      { hint: vscode.l10n.t('Show its folder, and read it there.') },
    );
  }
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(log), {
    preview: true,
  });
}
