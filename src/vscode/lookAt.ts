import * as vscode from 'vscode';
import type { CommandContext, CommandResult } from '../node/commands/context.ts';
import { withToken } from './cancellation.ts';
import type { Handler } from './commands.ts';
import type { Target } from './commandTarget.ts';
import type { Editor } from './editor.ts';
import type { ProjectRef } from './ports.ts';
import { said } from './said.ts';
import { agreementOf, agreeToSend } from './teachFirst.ts';
import { requireTrust } from './trust.ts';

type LookId =
  | 'tailor.estimateTeaching'
  | 'tailor.estimateTraining'
  | 'tailor.previewFreeze'
  | 'tailor.audit'
  | 'tailor.status'
  | 'tailor.compare'
  | 'tailor.doctor';

/** The commands whose answer is a text to read. */
export function lookHandlers(editor: Editor): Readonly<Record<LookId, Handler>> {
  const show = async (
    title: string,
    root: string,
    work: (context: CommandContext) => Promise<CommandResult>,
  ): Promise<void> => {
    const { text } = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title, cancellable: true },
      (_progress, token) =>
        withToken(token, (signal) => work(editor.makeContext({ root, signal }))),
    );
    await editor.reports.show(title, said(text));
  };
  const ofProject =
    (
      title: (project: ProjectRef) => string,
      work: (context: CommandContext, target: Target) => Promise<CommandResult>,
    ): Handler =>
    async (target) => {
      const project = await editor.projects.pick(target.root);
      await show(title(project), project.root, (context) => work(context, target));
    };
  return {
    'tailor.audit': async (target) => {
      requireTrust();
      await ofProject(
        ({ name }) => vscode.l10n.t('Doubtful grades of {0}', name),
        async (context, { round }) => {
          const { audit } = await import('../node/commands/audit.ts');
          return audit(context, round === undefined ? {} : { round });
        },
      )(target);
    },
    'tailor.status': ofProject(
      ({ name }) => vscode.l10n.t('Rounds of {0}', name),
      async (context) => (await import('../node/commands/status.ts')).status(context),
    ),
    'tailor.compare': ofProject(
      ({ name }) => vscode.l10n.t('Rounds of {0} compared', name),
      async (context) =>
        (await import('../node/commands/status.ts')).compare(context, { set: 'dev' }),
    ),
    'tailor.previewFreeze': ofProject(
      ({ name }) => vscode.l10n.t('What freezing {0} would train on', name),
      async (context, { round }) =>
        (await import('../node/commands/freezePreview.ts')).previewFreeze(
          context,
          round === undefined ? {} : { round },
        ),
    ),
    'tailor.estimateTeaching': async ({ root: named, round }) => {
      requireTrust();
      const { root } = await editor.projects.pick(named);
      const agreement = await agreementOf(editor, root);
      await agreeToSend(editor, root);
      const title = vscode.l10n.t('Estimate');
      const { text } = await editor.jobs.run(
        { root, stage: 'teach', round: round ?? null, title },
        async (context) =>
          (await import('../node/commands/estimate.ts')).estimate(
            { ...context, agreement },
            undefined,
            round === undefined ? {} : { round },
          ),
      );
      await editor.reports.show(title, said(text));
    },
    'tailor.estimateTraining': async (target) => {
      requireTrust();
      await ofProject(
        ({ name }) => vscode.l10n.t('What training {0} will take', name),
        async (context, { round }) =>
          (await import('../node/commands/estimateTraining.ts')).estimateTraining(
            context,
            round === undefined ? {} : { round },
          ),
      )(target);
    },
    'tailor.doctor': async () => {
      requireTrust();
      await editor.projects.known();
      const root = editor.projects.current?.root ?? process.cwd();
      await show(vscode.l10n.t('What this computer has for Tailor'), root, async (context) =>
        (await import('../node/commands/doctor.ts')).doctor(context),
      );
    },
  };
}
