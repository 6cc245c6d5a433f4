import * as vscode from 'vscode';
import { AppError } from '../core/errors.ts';

/** Throws in Restricted Mode. Called at every action itself: a hidden command can still be called by name. */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new AppError(
    'trust.required',
    vscode.l10n.t('In Restricted Mode Tailor reads and reviews; it runs nothing.'),
    { hint: vscode.l10n.t('Trust this folder first: Workspaces: Manage Workspace Trust.') },
  );
}
