import * as vscode from 'vscode';
import { cancelled } from '../core/errors.ts';

/** Another run of a round is begun only where somebody means it: going on and beginning anew are two acts. */
export async function agreeToTrainAnew({
  round,
}: {
  readonly round?: number | undefined;
}): Promise<void> {
  const { t } = vscode.l10n;
  const anew = t('Train Anew');
  const agreed = await vscode.window.showWarningMessage(
    round === undefined
      ? t('Begin another training run?')
      : t('Begin another training run of round {0}?', round),
    {
      modal: true,
      detail: t(
        'It starts from the beginning, with the settings of now. The earlier run, its checkpoints and its student stay where they are; the round goes on with the new one.',
      ),
    },
    anew,
  );
  if (agreed !== anew) throw cancelled();
}
