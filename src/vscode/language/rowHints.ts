import * as vscode from 'vscode';
import { decodeString, scanLine } from '../../core/dataset/jsonSpans.ts';
import { visibleText } from '../../core/visibleText.ts';
import type { Row } from '../../shared/reviewContract.ts';
import type { Disposable } from '../disposableStore.ts';
import type { DataFiles } from './dataFiles.ts';
import type { ProjectStates } from './rowStates.ts';

/** Longer lines are not drawn to their end by the editor. */
const LONGEST_LINE = 10_000;

/** How each training question stands in the newest round, in a few words behind its row. */
export class RowHints implements vscode.InlayHintsProvider, Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #listening: Disposable;
  readonly #files: Pick<DataFiles, 'of'>;
  readonly #states: ProjectStates;
  readonly onDidChangeInlayHints = this.#changed.event;

  constructor(files: Pick<DataFiles, 'of'>, states: ProjectStates) {
    this.#files = files;
    this.#states = states;
    this.#listening = states.onDidChange(() => this.#changed.fire());
  }

  async provideInlayHints(
    document: vscode.TextDocument,
    range: vscode.Range,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlayHint[]> {
    const file = await this.#files.of(document.uri);
    if (file?.set !== 'train' || token.isCancellationRequested) return [];
    const states = this.#states.of(file.root);
    if (!states) return [];
    const hints: vscode.InlayHint[] = [];
    const last = Math.min(range.end.line, document.lineCount - 1);
    for (let line = range.start.line; line <= last; line += 1) {
      const { text } = document.lineAt(line);
      if (text.length > LONGEST_LINE) continue;
      const id = readRow(text).id?.text;
      const row = id === undefined ? null : states.row(id);
      if (!row) continue;
      const hint = new vscode.InlayHint(
        new vscode.Position(line, text.length),
        visibleText(stateText(states.round, row)),
      );
      hint.paddingLeft = true;
      hints.push(hint);
    }
    return hints;
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }
}

/** "round 1: 1/4 right · taught · pair · accepted" */
export function stateText(round: number, row: Row): string {
  const { t } = vscode.l10n;
  const { right, samples, candidates, pair, status, by } = row;
  const parts = [t('round {0}: {1}/{2} right', round, right, samples)];
  if (candidates > 0) parts.push(t('taught'));
  if (pair === 'keep') parts.push(t('pair'));
  if (pair === 'drop') parts.push(t('no pair'));
  if (pair === 'blocked') parts.push(t('pair blocked'));
  const byRule = by === 'rule';
  if (status === 'accepted') parts.push(byRule ? t('accepted by rule') : t('accepted'));
  if (status === 'edited') parts.push(t('edited'));
  if (status === 'rejected') parts.push(byRule ? t('rejected by rule') : t('rejected'));
  if (status === 'todo' && (candidates > 0 || right < samples)) parts.push(t('to review'));
  return parts.join(' · ');
}
