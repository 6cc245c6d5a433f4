import * as vscode from 'vscode';
import { cancelled } from '../core/errors.ts';
import { ALL_COMMANDS } from '../shared/commands.ts';
import type { Handler } from './commands.ts';
import type { Editor } from './editor.ts';

/** "Copy as Command Line": what does in a terminal what a palette command does here. */
export function copyCommandLineHandler(editor: Editor): Handler {
  return async (target) => {
    const { root } = await editor.projects.pick(target.root);
    const items = Object.values(ALL_COMMANDS).flatMap(({ title, cli }) =>
      cli === null ? [] : [{ label: title, description: `tailor ${cli}`, cli }],
    );
    const chosen = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Copy as Command Line'),
      matchOnDescription: true,
    });
    if (!chosen) throw cancelled();
    const round = target.round === undefined ? '' : ` --round ${target.round}`;
    await vscode.env.clipboard.writeText(
      `tailor ${chosen.cli}${round} --project ${quoted(root, process.platform === 'win32')}`,
    );
  };
}

/** A path as one word of a shell: text that is only ever copied, never run by us. */
export function quoted(path: string, windows: boolean): string {
  if (/^[\w@%+=:,./-]+$/u.test(path)) return path;
  return windows ? `"${path.replaceAll('"', '""')}"` : `'${path.replaceAll("'", "'\\''")}'`;
}
