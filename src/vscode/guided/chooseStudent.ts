import { relative } from 'node:path';
import * as vscode from 'vscode';
import { AppError, cancelled } from '../../core/errors.ts';
import type { Handler } from '../commands.ts';
import type { Editor } from '../editor.ts';
import { requireTrust } from '../trust.ts';
import { BACK, pick } from './inSteps.ts';

const MOST_STUDENTS = 100;

/** "Choose Student": one of the project's student folders. */
export function chooseStudentHandler(editor: Editor): Handler {
  return async (target) => {
    requireTrust();
    const { t } = vscode.l10n;
    const { root } = await editor.projects.pick(target.root);
    const found = await vscode.workspace.findFiles(
      new vscode.RelativePattern(vscode.Uri.file(root), '**/config.json'),
      '**/{node_modules,.tailor,.venv}/**',
      MOST_STUDENTS,
    );
    const folders = found
      .map(({ fsPath }) =>
        relative(root, fsPath)
          .replaceAll('\\', '/')
          .replace(/\/?config\.json$/u, ''),
      )
      .filter((folder) => folder !== '' && !folder.startsWith('..'))
      .sort();
    if (folders.length === 0) {
      throw new AppError('student.modelMissing', t('This project holds no student folder.'), {
        hint: t(
          'Put a Hugging Face folder (config.json, model.safetensors, tokenizer.json) under models/.',
        ),
      });
    }
    const chosen = await pick(
      { title: t('Choose Student'), step: 1, totalSteps: 1 },
      t('Rounds that have begun keep the student that they began with.'),
      folders.map((label) => ({ label })),
    );
    if (chosen === BACK) throw cancelled();
    const { choose } = await import('../../node/commands/choose.ts');
    const signal = new AbortController().signal;
    await choose(editor.makeContext({ root, signal }), { student: chosen.label });
    await editor.projects.refresh();
  };
}
