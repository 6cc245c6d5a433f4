import * as vscode from 'vscode';
import { prettyRow } from '../../core/dataset/prettyRow.ts';
import { visibleText } from '../../core/visibleText.ts';
import type { DataFiles } from './dataFiles.ts';
import { stateText } from './rowHints.ts';
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
    const id = idOf(line);
    const row = states && id !== null ? states.row(id) : null;
    return states && row ? visibleText(stateText(states.round, row)) : null;
  }
}

function idOf(line: string): string | null {
  const value: unknown = JSON.parse(line);
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
  return typeof id === 'string' ? id : null;
}
