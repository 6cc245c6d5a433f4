import * as vscode from 'vscode';
import { cancelled } from '../../core/errors.ts';
import type { PromptFormChoice } from '../../node/commands/promptForm.ts';
import type { Handler } from '../commands.ts';
import type { Editor } from '../editor.ts';
import { said } from '../said.ts';
import { requireTrust } from '../trust.ts';
import { BACK, pick } from './inSteps.ts';

/** "Choose Prompt Form": plain text, or the student's own chat template, rendered once by the trainer's Python. */
export function choosePromptFormHandler(editor: Editor): Handler {
  return async (target) => {
    requireTrust();
    const { t } = vscode.l10n;
    const { root } = await editor.projects.pick(target.root);
    const title = t('Choose Prompt Form');
    const place = { title, step: 1, totalSteps: 1 };
    const forms: { label: string; detail: string; form: PromptFormChoice }[] = [
      {
        label: t('Plain text'),
        detail: t('“Question: … Reasoning:”, for students that were not tuned for chats.'),
        form: 'plain',
      },
      {
        label: t('The student’s chat template'),
        detail: t('Rendered once in a sandbox of the trainer’s Python, and kept in tailor.json.'),
        form: 'template',
      },
    ];
    const chosen = await pick(place, t('How are questions put to the student?'), forms);
    if (chosen === BACK) throw cancelled();
    const { text } = await editor.jobs.run(
      { root, stage: 'other', round: null, title },
      async (context) =>
        (await import('../../node/commands/promptForm.ts')).choosePromptForm(context, chosen.form),
    );
    await editor.projects.refresh();
    await editor.reports.show(t('Prompt form'), said(text));
  };
}
