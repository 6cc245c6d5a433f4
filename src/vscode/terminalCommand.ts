import { join } from 'node:path';
import * as vscode from 'vscode';
import { AppError } from '../core/errors.ts';
import { COMMANDS } from '../shared/commands.ts';
import type { Handler } from './commands.ts';
import { requireTrust } from './trust.ts';

type TerminalId = 'tailor.teacher';

/** The programmatic teacher runs in a terminal, for as long as somebody looks at it. */
export function terminalHandlers(installation: string): Readonly<Record<TerminalId, Handler>> {
  const inTerminal =
    (id: TerminalId, ...args: string[]): Handler =>
    ({ root }) =>
      runInTerminal(join(installation, 'dist', 'cli.cjs'), [COMMANDS[id].cli, ...args], {
        title: COMMANDS[id].title,
        root,
      });
  return {
    'tailor.teacher': inTerminal('tailor.teacher', '--programmatic'),
  };
}

/**
 * Runs an action of the command line in a terminal of the project. The program is this editor's own runtime and the
 * arguments are an array: nothing is ever typed into a shell.
 */
function runInTerminal(
  cli: string,
  args: readonly string[],
  { title, root }: { readonly title: string; readonly root: string | undefined },
): void {
  requireTrust();
  const cwd = root ?? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (cwd === undefined) {
    throw new AppError('project.missing', vscode.l10n.t('No folder is open.'), {
      hint: vscode.l10n.t('Open a folder, then create a project in it.'),
    });
  }
  const terminal = vscode.window.createTerminal({
    name: `Tailor: ${title}`,
    shellPath: process.execPath,
    shellArgs: [cli, ...args],
    cwd,
    env: { ELECTRON_RUN_AS_NODE: '1' },
    isTransient: true,
  });
  terminal.show();
}
