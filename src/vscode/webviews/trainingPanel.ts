import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { AppError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { TrainingView } from '../../node/trainer/trainingView.ts';
import type { Params } from '../../shared/contract.ts';
import { trainingContract, type TrainingContract } from '../../shared/trainingContract.ts';
import { LARGEST_DOCUMENT } from './dataLine.ts';
import { TRAINING_PANEL } from './places.ts';
import { ProjectPanel, type ProjectPanelParts } from './projectPanel.ts';
import { trainingStrings } from './strings.ts';

export interface TrainingPanelParts extends ProjectPanelParts {
  readonly clock: Clock;
  /** How often the run folder is looked at, in ms. */
  readonly pollMs?: number;
}

export type TrainingPanel = ProjectPanel<TrainingContract, TrainingView>;

/** A training as it goes on, in an editor of its own: made from the run folder, whoever started the run. */
export function trainingPanel(parts: TrainingPanelParts): TrainingPanel {
  const { clock, pollMs } = parts;
  return new ProjectPanel(parts, {
    viewType: TRAINING_PANEL,
    page: 'training',
    title: vscode.l10n.t('Training'),
    contract: trainingContract,
    handlers: (panel) => ({
      init: async () => ({
        snapshot: (await panel.view()).snapshot(),
        strings: { ...trainingStrings() },
      }),
      show: async ({ round, runId }) => ({ rev: await (await panel.view()).show(round, runId) }),
      run: async ({ verb }) => {
        await run(verb, panel);
        return {};
      },
    }),
    open: async ({ root, name }) => {
      const { TrainingView } = await import('../../node/trainer/trainingView.ts');
      return TrainingView.open({
        root,
        project: name,
        clock,
        strings: trainingStrings(),
        ...(pollMs === undefined ? {} : { pollMs }),
      });
    },
    follow: (view, tell) => {
      view.onSnapshot((snapshot) => tell((server) => server.emit('snapshot', snapshot)));
    },
  });
}

async function run(
  verb: Params<TrainingContract, 'run'>['verb'],
  panel: TrainingPanel,
): Promise<void> {
  const { root } = panel.current();
  const view = await panel.view();
  switch (verb) {
    // Not awaited: a training takes as long as it takes, and shows here how it goes.
    case 'train':
      void vscode.commands.executeCommand('tailor.train', { root });
      return;
    case 'stop':
      void vscode.commands.executeCommand('tailor.stop', { root });
      return;
    case 'show-log':
      await showLog(view);
      return;
    case 'open-folder': {
      if (!view.run) return;
      const folder = vscode.Uri.file(view.run.folder);
      await vscode.commands.executeCommand('revealInExplorer', folder);
    }
  }
}

/** The trainer's own words; of a flood of them only the editor's own viewer of large files could show more. */
async function showLog({ run }: TrainingView): Promise<void> {
  if (!run) return;
  const log = vscode.Uri.joinPath(vscode.Uri.file(run.folder), 'train.log');
  const size = await stat(log.fsPath).then(
    (found) => found.size,
    () => null,
  );
  if (size === null) {
    throw new AppError('store.missing', vscode.l10n.t('This run has no log yet.'));
  }
  if (size > LARGEST_DOCUMENT) {
    throw new AppError(
      'usage',
      vscode.l10n.t('The log has {0} MB: too much for a text editor.', (size / 1e6).toFixed(0)),
      { hint: vscode.l10n.t('Show its folder, and read it there.') },
    );
  }
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(log), {
    preview: true,
  });
}
