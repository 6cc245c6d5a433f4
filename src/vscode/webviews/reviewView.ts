import * as vscode from 'vscode';
import { loadPage, webviewOptions } from './page.ts';
import type { ReviewHost } from './reviewHost.ts';

/** Review in the secondary side bar, with the number of items that wait as its badge. */
export class ReviewViewProvider implements vscode.WebviewViewProvider {
  readonly #extension: vscode.Uri;
  readonly #host: ReviewHost;

  constructor(extension: vscode.Uri, host: ReviewHost) {
    this.#extension = extension;
    this.#host = host;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    view.webview.options = webviewOptions(this.#extension);
    const title = vscode.l10n.t('Review');
    const reload = (): void =>
      loadPage(view.webview, {
        extension: this.#extension,
        name: 'review',
        title,
        place: 'side',
      });
    const attached = this.#host.attach({
      place: 'side',
      webview: view.webview,
      reveal: () => void vscode.commands.executeCommand('tailor.review.focus'),
      reload,
      badge: (todo) => {
        view.badge =
          todo === 0
            ? undefined
            : { value: todo, tooltip: vscode.l10n.t('{0} items to review', todo) };
      },
    });
    view.onDidChangeVisibility(() => {
      if (!view.visible) attached.hidden();
    });
    view.onDidDispose(() => attached.dispose());
    reload();
  }
}
