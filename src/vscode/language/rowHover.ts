import * as vscode from 'vscode';
import { prettyRow } from '../../core/dataset/prettyRow.ts';
import { visibleText } from '../../core/visibleText.ts';
import type { DataFiles } from './dataFiles.ts';
import { idIn, stateSentences } from './rowHints.ts';
import type { ProjectStates } from './rowStates.ts';

/** A row for reading. It stands in a code block: nothing in it is read as Markdown, and no link of it leads anywhere. */
export class RowHover implements vscode.HoverProvider {
  readonly #files: Pick<DataFiles, 'of'>;
  readonly #states: ProjectStates;

  constructor(files: Pick<DataFiles, 'of'>, states: ProjectStates) {
    this.#files = files;
    this.#states = states;
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | null> {
    const file = await this.#files.of(document.uri);
    if (!file) return null;
    const { text, range } = document.lineAt(position.line);
    const pretty = prettyRow(text);
    if (pretty === null) return null;
    const shown = new vscode.MarkdownString();
    shown.isTrusted = false;
    shown.supportHtml = false;
    shown.appendCodeblock(visibleText(pretty), 'plaintext');
    const state = file.set === 'train' ? this.#stateOf(file.root, text) : null;
    if (state !== null) shown.appendText(state);
    return new vscode.Hover(shown, range);
  }

  #stateOf(root: string, line: string): string | null {
    const states = this.#states.of(root);
    const id = idIn(line);
    const row = states && id ? states.row(id.text) : null;
    return states && row && row.samples > 0 ? visibleText(stateSentences(states.round, row)) : null;
  }
}
