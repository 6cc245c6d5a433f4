import * as vscode from 'vscode';
import { AppError } from '../../core/errors.ts';
import type { Handler } from '../commands.ts';
import { DataFiles, type AnyProjects } from './dataFiles.ts';
import { idIn } from './rowHints.ts';

/** "Open Row in Review": the question whose row the cursor is in. */
export function openRowHandler(projects: AnyProjects): Handler {
  return async () => {
    const { activeTextEditor: front } = vscode.window;
    const files = new DataFiles(projects);
    try {
      const file = front ? await files.of(front.document.uri) : null;
      if (!front || file?.set !== 'train') {
        throw new AppError(
          'usage',
          vscode.l10n.t('Put the cursor into a row of the training data first.'),
        );
      }
      const line = front.document.lineAt(front.selection.active.line).text;
      const id = idIn(line)?.text;
      if (id === undefined) {
        throw new AppError('usage', vscode.l10n.t('This row has no id to find it by in Review.'));
      }
      await vscode.commands.executeCommand('tailor.openReview', { root: file.root, id });
    } finally {
      files.dispose();
    }
  };
}
