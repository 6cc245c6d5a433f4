import * as vscode from 'vscode';
import { AppError } from '../../core/errors.ts';
import type { Log } from '../../core/ports.ts';
import type { Handlers, Server } from '../../shared/contract.ts';
import {
  datasetContract,
  type DatasetCommand,
  type DatasetContract,
  type RowKey,
} from '../../shared/datasetContract.ts';
import { serve } from '../../shared/serve.ts';
import type { Disposable } from '../disposableStore.ts';
import { saidOnWire } from '../said.ts';
import { loadPage } from '../webviews/page.ts';
import { datasetStrings } from '../webviews/strings.ts';
import { webviewPort } from '../webviews/webviewPort.ts';
import type { DatasetDocument } from './datasetDocument.ts';
import { nextProblem } from './nextProblem.ts';

/** What a page asks of the editor around it; nothing of it names a path. */
export interface ViewWays {
  settle(document: DatasetDocument, how: 'reload' | 'keep' | 'compare'): Promise<void>;
  openText(document: DatasetDocument, key: RowKey): Promise<void>;
  openReview(document: DatasetDocument, key: RowKey): Promise<void>;
  openField(document: DatasetDocument, key: RowKey, index: number | undefined): Promise<void>;
}

export interface ViewParts {
  readonly extension: vscode.Uri;
  readonly document: DatasetDocument;
  readonly panel: vscode.WebviewPanel;
  readonly ways: ViewWays;
  readonly log: Log;
}

/** One editor that shows a document: its page, and the channel to it. */
export class DatasetView implements Disposable {
  readonly document: DatasetDocument;
  readonly panel: vscode.WebviewPanel;
  readonly #parts: ViewParts;
  readonly #server: Server<DatasetContract>;
  readonly #stop: () => void;
  /** Its page is there and listens. */
  #loaded = false;
  #toShow: RowKey | null = null;

  constructor(parts: ViewParts) {
    const { document, panel, extension, log } = parts;
    this.#parts = parts;
    this.document = document;
    this.panel = panel;
    this.#server = serve(datasetContract, webviewPort(panel.webview), this.#handlers(), {
      say: saidOnWire,
      onError: (error, method) =>
        log.error(
          `Dataset Editor, ${method}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
        ),
    });
    this.#stop = document.onState((state) => this.#server.emit('state', state));
    panel.onDidChangeViewState(() => {
      // A hidden page is destroyed; what happens meanwhile it learns when it comes back.
      if (!panel.visible) this.#loaded = false;
      else void document.look();
    });
    loadPage(panel.webview, { extension, name: 'dataset', title: document.name, place: 'panel' });
  }

  /** Goes to a row, at once or as soon as the page listens. */
  show(key: RowKey): void {
    if (this.#loaded) this.#server.emit('show', { key });
    else this.#toShow = key;
  }

  /** Hands on a command of the palette; it means the rows that a person sees selected. */
  command(name: DatasetCommand): void {
    if (!this.#loaded) {
      throw new AppError('usage', vscode.l10n.t('The rows are not shown yet.'), {
        hint: vscode.l10n.t('Look at them, then repeat the command.'),
      });
    }
    this.panel.reveal();
    this.#server.emit('command', { name });
  }

  dispose(): void {
    this.#stop();
    this.#server.dispose();
  }

  #handlers(): Handlers<DatasetContract> {
    const { document, ways } = this.#parts;
    const { dataset } = document;
    /** An edit: refused here as well where nothing may be edited. */
    const editing =
      <P, R>(edit: (params: P) => Promise<R>) =>
      async (params: P): Promise<R> => {
        document.requireEditable();
        return edit(params);
      };
    return {
      init: () => {
        this.#onLoaded();
        return { state: document.state(), strings: { ...datasetStrings() } };
      },
      rows: async ({ from, count }, signal) => {
        // The revision from before: rows that an edit overtakes are asked for anew.
        const { rev } = document.state();
        return { rev, from, rows: [...(await dataset.rows(from, count, signal))] };
      },
      record: ({ key }) => dataset.record(key),
      place: async ({ key }) => ({ at: await dataset.place(key) }),
      onLine: async ({ line }) => {
        const key = await dataset.keyOfLine(line);
        return { found: key === null ? null : { key, at: await dataset.place(key) } };
      },
      nextProblem: async ({ from, back }, signal) => ({
        at: await nextProblem(dataset, from, back, signal),
      }),
      setField: editing(({ key, stamp, index, as, value }) =>
        dataset.setField(key, stamp, index, as, value),
      ),
      addField: editing(({ key, stamp, name, as, value }) =>
        dataset.addField(key, stamp, name, as, value),
      ),
      removeField: editing(({ key, stamp, index }) => dataset.removeField(key, stamp, index)),
      setLine: editing(({ key, stamp, value }) => dataset.setLine(key, stamp, value)),
      insert: editing(async ({ after }) => moved(await dataset.insert(after))),
      duplicate: editing(async ({ keys }) => moved(await dataset.duplicate(keys))),
      remove: editing(async ({ keys }) => moved(await dataset.remove(keys))),
      move: editing(async ({ keys, before }) => moved(await dataset.move(keys, before))),
      filter: (filter) => dataset.filter(filter),
      settle: async ({ how }) => {
        await ways.settle(document, how);
        return {};
      },
      open: async ({ key, how, index }) => {
        if (how === 'text') await ways.openText(document, key);
        else if (how === 'review') await ways.openReview(document, key);
        else await ways.openField(document, key, index);
        return {};
      },
    };
  }

  #onLoaded(): void {
    // After the answer to `init` has been posted: the page listens to nothing before it.
    setImmediate(() => {
      this.#loaded = true;
      const key = this.#toShow;
      this.#toShow = null;
      if (key !== null) this.#server.emit('show', { key });
    });
  }
}

const moved = ({ rev, keys }: { readonly rev: number; readonly keys: readonly RowKey[] }) => ({
  rev,
  keys: [...keys],
});
