import * as vscode from 'vscode';
import { visibleText } from '../core/visibleText.ts';

/** The scheme of what Tailor shows and nobody edits. */
export const REPORT_SCHEME = 'tailor-report';

/** Read-only documents made by commands: tables, comparisons, findings. Asking again renews the open one. */
export class Reports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #texts = new Map<string, string>();
  readonly onDidChange = this.#changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? '';
  }

  /** Shows a text under a title, as a plain one: nothing in it is read as markup. */
  async show(title: string, text: string): Promise<void> {
    const path = `/${title.replaceAll(/[/\\?#:]/gu, ' ')}.txt`;
    const uri = vscode.Uri.from({ scheme: REPORT_SCHEME, path });
    this.#texts.set(uri.path, `${visibleText(text)}\n`);
    this.#changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), {
      preview: true,
    });
  }

  /** Keeps a text as it is, character for character, for a comparison with a file. */
  keep(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: REPORT_SCHEME, path: `/compare/${name}` });
    this.#texts.set(uri.path, text);
    this.#changed.fire(uri);
    return uri;
  }

  dispose(): void {
    this.#changed.dispose();
    this.#texts.clear();
  }
}
