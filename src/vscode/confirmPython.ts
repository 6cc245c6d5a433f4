import { realpath } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { FindPython } from '../node/python/findPython.ts';
import { sha256File } from '../node/storage/fileHash.ts';
import { requireTrust } from './trust.ts';

/**
 * Asks once before an interpreter is started for the first time. The answer is for this very file: another one at the
 * same path is asked about again.
 */
export function pythonConfirmation(memory: vscode.Memento): NonNullable<FindPython['confirm']> {
  return async (path, source) => {
    requireTrust();
    const file = await realpath(path);
    const key = `tailor.python ${path} ${await sha256File(file)}`;
    if (memory.get<boolean>(key) === true) return true;
    const use = vscode.l10n.t('Use It');
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t('Start this Python for Tailor?'),
      {
        modal: true,
        detail: [
          path,
          ...(file === path ? [] : [file]),
          vscode.l10n.t('Found by: {0}.', sourceName(source)),
          vscode.l10n.t(
            'You are asked once for each interpreter, and again when its file changes.',
          ),
        ].join('\n'),
      },
      use,
    );
    // The folder may have lost its trust while the question stood.
    requireTrust();
    if (answer !== use) return false;
    await memory.update(key, true);
    return true;
  };
}

function sourceName(source: Parameters<NonNullable<FindPython['confirm']>>[1]): string {
  switch (source) {
    case 'named':
      return vscode.l10n.t('your setting tailor.python.path');
    case 'user':
      return vscode.l10n.t('your variable TAILOR_PYTHON');
    case 'installation':
      return vscode.l10n.t('Tailor’s own environment');
    case 'virtualEnv':
      return vscode.l10n.t('the active virtual environment');
    case 'path':
      return vscode.l10n.t('the PATH of this computer');
  }
}
