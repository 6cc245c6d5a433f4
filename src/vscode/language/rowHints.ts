import * as vscode from 'vscode';
import { scanLine, textFieldOf, type TextField } from '../../core/dataset/jsonSpans.ts';
import { visibleText } from '../../core/visibleText.ts';
import type { Row } from '../../shared/reviewQueue.ts';
import type { Disposable } from '../disposableStore.ts';
import type { DataFiles } from './dataFiles.ts';
import type { ProjectStates } from './rowStates.ts';

/** Longer lines are not taken apart for a few words. */
const LONGEST_LINE = 100_000;
/** An id behind this is out of sight, too: then the words stand in front of the row. */
const LAST_COLUMN = 120;

/** How each training question stands in the newest round, in a few words in its row. */
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
      const id = idIn(text);
      const row = id === null ? null : states.row(id.text);
      // A question that has not been examined yet stands nowhere.
      if (!id || !row || row.samples === 0) continue;
      const hint = new vscode.InlayHint(
        // Behind the id, not behind the row: rows are longer than any window is wide.
        new vscode.Position(line, id.to <= LAST_COLUMN ? id.to : 0),
        visibleText(stateText(states.round, row)),
      );
      hint.paddingLeft = true;
      hint.paddingRight = true;
      hint.tooltip = visibleText(stateSentences(states.round, row));
      hints.push(hint);
    }
    return hints;
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }
}

/** The id of a row and where it stands; null where it has none. */
export function idIn(line: string): TextField | null {
  return textFieldOf(line, scanLine(line), 'id');
}

/** "round 1: 1/4 right · pair · accepted": the editor cuts such a text behind 43 characters. */
export function stateText(round: number, { right, samples, pair, ...row }: Row): string {
  const { t } = vscode.l10n;
  const parts = [t('round {0}: {1}/{2} right', round, right, samples)];
  if (pair !== 'none') parts.push(pair === 'keep' ? t('pair') : t('no pair'));
  const status = statusText(row);
  return [...parts, ...(status === null ? [] : [status])].join(' · ');
}

function statusText({ status, by, candidates }: Pick<Row, 'status' | 'by' | 'candidates'>) {
  const { t } = vscode.l10n;
  if (status === 'todo') return candidates > 0 ? t('taught') : null;
  if (status === 'rejected') return t('rejected');
  if (by === 'rule') return t('by rule');
  return status === 'edited' ? t('edited') : t('accepted');
}

/** The same in sentences. */
export function stateSentences(round: number, row: Row): string {
  const { t } = vscode.l10n;
  const { right, samples, pair, status, by, candidates } = row;
  const parts = [t('In round {0}, {1} of {2} attempts are right.', round, right, samples)];
  if (pair === 'keep') parts.push(t('It has a reflection pair.'));
  if (pair === 'drop') parts.push(t('Its reflection pair was dropped.'));
  if (pair === 'blocked') parts.push(t('A reflection pair is blocked; Review says why.'));
  if (candidates === 0) parts.push(t('No rationale was written for it.'));
  else if (status === 'todo') parts.push(t('It was taught, and nobody has decided on it yet.'));
  if (status === 'accepted' || status === 'edited') {
    if (by === 'rule') parts.push(t('A rationale was accepted by a rule.'));
    else
      parts.push(
        status === 'edited'
          ? t('A rationale was edited and accepted.')
          : t('A rationale was accepted.'),
      );
  }
  if (status === 'rejected') parts.push(t('It was rejected.'));
  return parts.join(' ');
}
