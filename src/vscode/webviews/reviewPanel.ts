import * as vscode from 'vscode';
import type { Disposable } from '../disposableStore.ts';
import { loadPage, panelIcon, webviewOptions } from './page.ts';
import { REVIEW_PANEL } from './places.ts';
import type { ReviewHost } from './reviewHost.ts';

/** Tabs of an earlier window that are given back to us only when somebody looks at them: no second Review beside them. */
function tabsLeft(): vscode.Tab[] {
  const { tabGroups } = vscode.window;
  return tabGroups.all.flatMap(({ tabs }) =>
    tabs.filter(
      ({ input }) =>
        input instanceof vscode.TabInputWebview && input.viewType.endsWith(REVIEW_PANEL),
    ),
  );
}

/** Review as a wide editor: the same page as in the side bar. One panel; it comes back with its window. */
export class ReviewPanel implements vscode.WebviewPanelSerializer, Disposable {
  readonly #extension: vscode.Uri;
  readonly #host: ReviewHost;
  #panel: vscode.WebviewPanel | null = null;

  constructor(extension: vscode.Uri, host: ReviewHost) {
    this.#extension = extension;
    this.#host = host;
  }

  show(): void {
    if (this.#panel) {
      this.#panel.reveal();
      return;
    }
    const left = tabsLeft();
    const panel = vscode.window.createWebviewPanel(
      REVIEW_PANEL,
      vscode.l10n.t('Review'),
      vscode.ViewColumn.Active,
      webviewOptions(this.#extension),
    );
    this.#adopt(panel);
    if (left.length > 0) void vscode.window.tabGroups.close(left, true);
  }

  /** The window was loaded again: what the page had kept it reads itself. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#panel) panel.dispose();
    else this.#adopt(panel);
    return Promise.resolve();
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    const title = vscode.l10n.t('Review');
    panel.iconPath = panelIcon(this.#extension);
    const reload = (): void =>
      loadPage(panel.webview, {
        extension: this.#extension,
        name: 'review',
        title,
        place: 'panel',
      });
    const attached = this.#host.attach({
      place: 'panel',
      webview: panel.webview,
      reveal: () => panel.reveal(),
      reload,
    });
    panel.onDidChangeViewState(() => {
      if (!panel.visible) attached.hidden();
    });
    panel.onDidDispose(() => {
      attached.dispose();
      if (this.#panel === panel) this.#panel = null;
    });
    reload();
  }
}
