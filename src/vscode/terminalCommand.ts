import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { AppError } from '../core/errors.ts';

/**
 * Runs an action of the command line in a terminal of the project. The program is this editor's own runtime and the
 * arguments are an array: nothing is ever typed into a shell.
 */
export async function runInTerminal(
  cli: string,
  args: readonly string[],
  title: string,
): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    throw new AppError('trust.required', 'Tailor runs nothing in a folder that is not trusted.', {
      hint: 'Choose Workspaces: Manage Workspace Trust first.',
    });
  }
  const cwd = await projectFolder();
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

/** The folder of the workspace's project: the nearest tailor.json, asked for where there are several. */
async function projectFolder(): Promise<string> {
  const files = (
    await vscode.workspace.findFiles('**/tailor.json', '**/node_modules/**', 50)
  ).filter(({ scheme }) => scheme === 'file');
  if (files.length > 1) {
    const folders = files.map(({ fsPath }) => dirname(fsPath));
    const picked = await vscode.window.showQuickPick(folders, {
      placeHolder: vscode.l10n.t('Which project?'),
    });
    if (picked === undefined) throw new AppError('cancelled', 'No project was chosen.');
    return picked;
  }
  const only = files[0] ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!only) {
    throw new AppError('project.missing', 'No folder is open.', {
      hint: 'Open a folder, or create a project with Tailor: Create Project.',
    });
  }
  return files[0] ? dirname(only.fsPath) : only.fsPath;
}
