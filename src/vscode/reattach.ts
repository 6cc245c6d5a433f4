import * as vscode from 'vscode';
import { isAppError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { runCommand, type Edge } from './commands.ts';
import type { Editor } from './editor.ts';

/**
 * Joins the training runs that outlived a window: one that is alive is followed, one that finished meanwhile is taken
 * over. Nothing is ever started here; whoever follows a run already goes on following it.
 */
export async function joinTraining(editor: Editor, clock: Clock, edge: Edge): Promise<void> {
  if (!vscode.workspace.isTrusted) return;
  await editor.projects.known();
  const { readOpenRuns } = await import('../node/project/roundFacts.ts');
  for (const { root } of editor.projects.all) {
    if (editor.jobs.of(root)) continue;
    try {
      const runs = await readOpenRuns(root, { clock });
      const run = runs.find(({ status }) => status === 'running' || status === 'done');
      if (run) void join(editor, root, run.round, edge);
    } catch (error) {
      editor.log.warn(error instanceof Error ? error.message : String(error));
    }
  }
}

async function join(editor: Editor, root: string, round: number, edge: Edge): Promise<void> {
  const title = vscode.l10n.t('Training');
  await runCommand(
    title,
    async () => {
      try {
        await editor.jobs.run(
          { root, stage: 'train', round, title, attachOnly: true },
          async (context) => (await import('../node/commands/steps.ts')).train(context, { round }),
        );
      } catch (error) {
        // Followed by another window or terminal, or over since it was looked at: nothing for this window to do.
        if (!isAppError(error, 'lock.held') && !isAppError(error, 'trainer.notRunning'))
          throw error;
        editor.log.info(error.message);
        return;
      }
      editor.log.info(`Round ${round} is trained.`);
      void vscode.window.showInformationMessage(
        vscode.l10n.t('The training of round {0} has finished.', round),
      );
    },
    edge,
  );
}
