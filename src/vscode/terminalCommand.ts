import { join } from 'node:path';
import * as vscode from 'vscode';
import { AppError } from '../core/errors.ts';
import { COMMANDS } from '../shared/commands.ts';
import type { Handler } from './commands.ts';
import type { WorkspaceProjects } from './projects.ts';
import { requireTrust } from './trust.ts';

type TerminalId = 'tailor.teacher';

/** The programmatic teacher runs in a terminal, for as long as somebody looks at it. */
export function terminalHandlers(
  installation: string,
  projects: Pick<WorkspaceProjects, 'pick' | 'all' | 'known'>,
): Readonly<Record<TerminalId, Handler>> {
  const inTerminal =
    (id: TerminalId): Handler =>
    async (target) => {
      requireTrust();
      await projects.known();
      // Without a project it serves any folder; a folder that is named must be one of the workspace's projects.
      const named = target.root !== undefined || projects.all.length > 0;
      const root = named ? (await projects.pick(target.root)).root : undefined;
      runInTerminal(join(installation, 'dist', 'cli.cjs'), COMMANDS[id].cli.split(' '), {
        title: COMMANDS[id].title,
        root,
      });
    };
  return {
    'tailor.teacher': inTerminal('tailor.teacher'),
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
