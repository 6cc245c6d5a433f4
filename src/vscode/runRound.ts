import * as vscode from 'vscode';
import { cancelled } from '../core/errors.ts';
import type { Ahead } from '../core/round/ahead.ts';
import type { Handler } from './commands.ts';
import type { Editor } from './editor.ts';
import { said } from './said.ts';
import { tellResult } from './tellResult.ts';
import { agreeToBudget, agreeToTeach, NOTHING_PAID } from './teachFirst.ts';
import { requireTrust } from './trust.ts';

interface Choice extends vscode.QuickPickItem {
  readonly rounds: number | undefined;
}

/** "Run Next Round": every open step of this round up to the exam of the student that it trains, or all rounds. */
export function roundHandler(editor: Editor): Handler {
  return async (target) => {
    requireTrust();
    const { root } = await editor.projects.pick(target.root);
    const { lookAheadIn } = await import('../node/project/roundFacts.ts');
    const { systemClock } = await import('../node/storage/systemClock.ts');
    const look = (rounds?: number): Promise<Ahead> =>
      lookAheadIn(root, { clock: systemClock, onBad: () => undefined }, rounds);
    const { round } = await look();
    const rounds = await chooseRounds(round);
    // What may be asked is decided by what is there now, in the way in which the loop decides it.
    const ahead = await look(rounds);
    let agreement = NOTHING_PAID;
    if (ahead.teaches !== null) agreement = await agreeToTeach(editor, root, ahead.teaches);
    // Rounds whose exam is still to come cannot be estimated: their hard limit can be said.
    if (ahead.teachesUnknown) agreement = await agreeToBudget(editor, root);
    const title = vscode.l10n.t('Round');
    const { text } = await editor.jobs.run(
      { root, stage: 'round', round: null, title },
      async (context) =>
        (await import('../node/commands/steps.ts')).round({
          ...context,
          agreement,
          options: { ...context.options, rounds },
        }),
    );
    editor.log.info(String(text));
    await editor.reports.show(vscode.l10n.t('Rounds'), said(text));
    const review = { label: vscode.l10n.t('Open Review'), command: 'tailor.openReview' };
    void tellResult(vscode.l10n.t('Round {0} is over.', round), review, root);
  };
}

/** How far to go; what nobody has decided on is accepted by rule on the way, and that is said here. */
async function chooseRounds(round: number): Promise<number | undefined> {
  const byRule = vscode.l10n.t('what you have not decided on is accepted by the gate’s rule');
  const choices: Choice[] = [
    {
      label: vscode.l10n.t('Finish round {0}, then the exam of its student', round),
      detail: byRule,
      rounds: round + 1,
    },
    { label: vscode.l10n.t('Run all rounds of the project'), detail: byRule, rounds: undefined },
  ];
  const chosen = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t('Run Next Round'),
    placeHolder: vscode.l10n.t('How far?'),
  });
  if (!chosen) throw cancelled();
  return chosen.rounds;
}
