import * as vscode from 'vscode';
import type { CommandContext, CommandResult } from '../node/commands/context.ts';
import type { Handler, Target } from './commands.ts';
import type { Editor } from './editor.ts';
import type { Stage } from './ports.ts';
import { requireTrust } from './trust.ts';

type StepId = 'tailor.exam' | 'tailor.teach' | 'tailor.freeze' | 'tailor.train' | 'tailor.round';

/** The commands that run a step of the loop in this window; `tailor` runs the same functions. */
export function stepHandlers(editor: Editor): Readonly<Record<StepId, Handler>> {
  const step =
    (
      stage: Stage,
      title: string,
      work: (context: CommandContext, round: { round?: number }) => Promise<CommandResult>,
    ): Handler =>
    async (target) => {
      requireTrust();
      const { root } = await editor.projects.pick(target.root);
      const round = roundOf(target);
      const request = { root, stage, round: round.round ?? null, title };
      const { text } = await editor.jobs.run(request, (context) => work(context, round));
      editor.log.info(text);
      const [first = title] = text.split('\n');
      void vscode.window.showInformationMessage(first);
    };
  return {
    'tailor.exam': step('exam', vscode.l10n.t('Exam'), async (context, round) =>
      (await import('../node/commands/steps.ts')).exam(context, round),
    ),
    'tailor.teach': step('teach', vscode.l10n.t('Teaching'), async (context, round) =>
      (await import('../node/commands/steps.ts')).teach(context, undefined, round),
    ),
    'tailor.freeze': step('freeze', vscode.l10n.t('Freezing'), async (context, round) =>
      (await import('../node/commands/steps.ts')).freeze(context, round),
    ),
    'tailor.train': step('train', vscode.l10n.t('Training'), async (context, round) =>
      (await import('../node/commands/steps.ts')).train(context, round),
    ),
    'tailor.round': step('round', vscode.l10n.t('Round'), async (context) =>
      (await import('../node/commands/steps.ts')).round(context),
    ),
  };
}

function roundOf({ round }: Target): { round?: number } {
  return round === undefined ? {} : { round };
}
