import * as vscode from 'vscode';
import { cancelled } from '../core/errors.ts';
import { loadProject } from '../node/project/loadProject.ts';
import { loadProfiles, profilesPath, PROGRAMMATIC } from '../node/teacher/profiles.ts';
import type { Handler } from './commands.ts';
import type { Editor } from './editor.ts';
import { said } from './said.ts';
import { agreeToOpinions } from './teachFirst.ts';
import { tellResult } from './tellResult.ts';
import { requireTrust } from './trust.ts';

/** Whose opinion is asked for: one of the person's profiles or the built-in teacher; rejects where nobody is chosen. */
export async function pickJudge(
  { environment }: Pick<Editor, 'environment'>,
  root: string,
): Promise<string> {
  const { t } = vscode.l10n;
  const own = (await loadProject(root)).file.teacher;
  const profiles = await loadProfiles(profilesPath(environment));
  const itself = t('teaches this project: its opinion of itself, where it wrote the rationale');
  const detailOf = (name: string): { detail?: string } => (name === own ? { detail: itself } : {});
  const chosen = await vscode.window.showQuickPick(
    [
      ...profiles.map(({ name, model }) => ({
        label: name,
        description: model,
        ...detailOf(name),
        teacher: name,
      })),
      {
        label: t('Programmatic'),
        description: t('not a language model'),
        ...detailOf(PROGRAMMATIC),
        teacher: PROGRAMMATIC,
      },
    ],
    { title: t('Second Opinion'), placeHolder: t('Who judges, blind to who wrote it?') },
  );
  if (!chosen) throw cancelled();
  return chosen.teacher;
}

/** "Ask for Second Opinions": of the undecided rationales of a round that passed the gate. */
export function opinionHandler(editor: Editor): Handler {
  return async (target) => {
    requireTrust();
    const { root } = await editor.projects.pick(target.root);
    const teacher = await pickJudge(editor, root);
    const agreement = await agreeToOpinions(editor, root, target.round, teacher);
    const title = vscode.l10n.t('Second opinions');
    const request = { root, stage: 'other' as const, round: target.round ?? null, title };
    const { text } = await editor.jobs.run(request, async (context) =>
      (await import('../node/commands/opinion.ts')).opinion(
        { ...context, agreement, options: { ...context.options, teacher } },
        target.round === undefined ? {} : { round: target.round },
      ),
    );
    editor.log.info(String(text));
    const review = { label: vscode.l10n.t('Open Review'), command: 'tailor.openReview' };
    void tellResult(said(text), review, root).catch((error: unknown) => {
      editor.log.error(String(error));
    });
  };
}
