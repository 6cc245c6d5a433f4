import * as vscode from 'vscode';
import type { Handler } from './commands.ts';
import type { Editor } from './editor.ts';
import { costText, progressText } from './texts.ts';

interface Choice extends vscode.QuickPickItem {
  readonly act: () => Promise<unknown> | undefined;
}

/** What a click on the status bar offers: to look at the work or its failure, to stop it, to read the log. */
export function whatRunsHandler(editor: Editor): Handler {
  return async () => {
    const { t } = vscode.l10n;
    const command =
      (id: string): Choice['act'] =>
      () =>
        Promise.resolve(vscode.commands.executeCommand(id));
    const job = editor.jobs.current;
    const failure = editor.jobs.failure;
    const choices: Choice[] = [
      ...(job
        ? [
            {
              label: `$(debug-stop) ${t('Stop {0}', job.title)}`,
              detail: t('What was done so far is kept; running it again continues there.'),
              act: () => editor.jobs.stop(job.root),
            },
          ]
        : []),
      { label: `$(list-tree) ${t('Show Rounds')}`, act: command('tailor.rounds.focus') },
      ...(job?.stage === 'train' || job?.stage === 'round'
        ? [{ label: `$(graph-line) ${t('Show Training')}`, act: command('tailor.showTraining') }]
        : []),
      { label: `$(output) ${t('Show Log')}`, act: command('tailor.showLog') },
    ];
    const says = job
      ? [`${job.title}: ${progressText(job.progress)}`, costText(job)].filter(Boolean).join(' · ')
      : failure
        ? `${failure.title}: ${failure.message}`
        : t('Nothing is running.');
    const chosen = await vscode.window.showQuickPick(choices, {
      title: 'Tailor',
      placeHolder: says,
    });
    await chosen?.act();
  };
}
