import * as vscode from 'vscode';
import { cancelled, isAppError } from '../core/errors.ts';
import { looksSentence } from '../core/round/looks.ts';
import { systemClock } from '../node/storage/systemClock.ts';
import type { Handler } from './commands.ts';
import type { Editor } from './editor.ts';
import { said } from './said.ts';
import { tellResult } from './tellResult.ts';
import { requireTrust } from './trust.ts';

/** Examines the test set, once the person has agreed that this is a look at it: each is counted. */
export function lookAtTestHandler(editor: Editor): Handler {
  return async (target) => {
    requireTrust();
    const { root, name } = await editor.projects.pick(target.root);
    const { looksIn } = await import('../node/commands/lookAtTest.ts');
    const before = said(looksSentence(await looksIn(root, systemClock)));
    const look = vscode.l10n.t('Look at Test');
    const agreed = await vscode.window.showWarningMessage(
      vscode.l10n.t('Examine the test set of {0}?', name),
      {
        modal: true,
        detail: `${before}\n\n${vscode.l10n.t(
          'Each look at the test set makes it a little less of a test. Every look is counted, also one that is stopped; nothing that is trained or chosen rests on it.',
        )}`,
      },
      look,
    );
    if (agreed !== look) throw cancelled();
    const round = target.round === undefined ? {} : { round: target.round };
    const title = vscode.l10n.t('Test exam');
    const { text } = await editor.jobs.run(
      { root, stage: 'exam', round: target.round ?? null, title },
      async (context) =>
        (await import('../node/commands/lookAtTest.ts')).lookAtTest(context, round),
    );
    editor.log.info(String(text));
    const next = { label: vscode.l10n.t('Show Dashboard'), command: 'tailor.showDashboard' };
    void tellResult(said(text), next, root).catch((error: unknown) => {
      if (!isAppError(error)) editor.log.error(String(error));
    });
  };
}
