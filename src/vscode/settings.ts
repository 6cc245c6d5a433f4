import * as vscode from 'vscode';

/**
 * The interpreter that this person's own settings name. Machine scope keeps it out of workspaces; only the person's
 * value is looked at all the same.
 */
export function configuredPython(): string | undefined {
  const seen = vscode.workspace.getConfiguration('tailor').inspect<string>('python.path');
  const value = seen?.globalValue?.trim();
  return value === undefined || value === '' ? undefined : value;
}

export async function configurePython(path: string): Promise<void> {
  await vscode.workspace
    .getConfiguration('tailor')
    .update('python.path', path, vscode.ConfigurationTarget.Global);
}
