import * as vscode from 'vscode';
import { cancelled } from '../core/errors.ts';
import { EXPORT_FORMATS, EXPORT_NAMES, type ExportFormat } from '../core/exporting/formats.ts';
import type { Handler } from './commands.ts';
import type { Editor } from './editor.ts';
import { BACK, inSteps, pick, type Ask } from './guided/inSteps.ts';
import { said } from './said.ts';
import { requireTrust } from './trust.ts';

interface Known {
  readonly rounds: readonly number[];
  readonly format: ExportFormat;
}

/** "Export Training Set": which round, in whose form, and where to. */
export function exportHandler(editor: Editor): Handler {
  return async (target) => {
    requireTrust();
    const { t } = vscode.l10n;
    const { root } = await editor.projects.pick(target.root);
    const { exportableRounds, exportSet } = await import('../node/commands/exportSet.ts');
    const frozen = await exportableRounds(
      editor.makeContext({ root, signal: new AbortController().signal }),
    );
    if (frozen.length === 0) {
      void vscode.window.showInformationMessage(
        t('No round is frozen yet: only frozen sets are exported.'),
      );
      return;
    }
    const title = t('Export Training Set');
    const { rounds, format } = await inSteps<Known>(title, { rounds: [], format: 'trl-sft' }, [
      whichRounds(frozen),
      whichFormat,
    ]);
    const { layout } = EXPORT_FORMATS[format];
    const name = `${format}-${rounds.length === 1 ? `round-${rounds[0] ?? 0}` : 'rounds'}.${layout}`;
    const chosen = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.joinPath(vscode.Uri.file(root), name),
      filters: { [format]: [layout] },
      saveLabel: t('Export'),
    });
    if (!chosen) throw cancelled();
    const { text } = await editor.jobs.run(
      { root, stage: 'other', round: null, title },
      // The dialog has asked already whether the file may be written over; of its list it knows nothing.
      (context) =>
        exportSet(context, {
          format,
          round: rounds,
          out: chosen.fsPath,
          force: true,
          forceEntry: false,
        }),
    );
    await editor.reports.show(title, said(text));
  };
}

const whichRounds =
  (frozen: readonly number[]): Ask<Known> =>
  async (known, place) => {
    const { t } = vscode.l10n;
    const all = frozen.length > 1 ? [{ label: t('All frozen rounds'), rounds: frozen }] : [];
    const newestFirst = [...frozen].reverse();
    const chosen = await pick(place, t('The set of which round?'), [
      ...newestFirst.map((round) => ({ label: t('Round {0}', round), rounds: [round] })),
      ...all,
    ]);
    return chosen === BACK ? BACK : { ...known, rounds: chosen.rounds };
  };

const whichFormat: Ask<Known> = async (known, place) => {
  const details = formatDetails();
  const chosen = await pick(
    place,
    vscode.l10n.t('For which program?'),
    EXPORT_NAMES.map((format) => ({ label: format, detail: details[format], format })),
  );
  return chosen === BACK ? BACK : { ...known, format: chosen.format };
};

function formatDetails(): Readonly<Record<ExportFormat, string>> {
  const { t } = vscode.l10n;
  return {
    'trl-sft': t('TRL, supervised: a prompt and its completion, as they are trained on here'),
    'trl-messages': t('TRL, supervised: the same as a conversation'),
    'trl-preference': t('TRL, DPO and reward models: a right text against a mistake'),
    'trl-preference-implicit': t('TRL: the same, with the prompt inside both texts'),
    'trl-stepwise': t('TRL, process rewards: each step right or wrong, where a mark says so'),
    sharegpt: t('LLaMA-Factory, supervised: conversations, with the entry of dataset_info.json'),
    'sharegpt-preference': t('LLaMA-Factory, preferences as conversations'),
    alpaca: t('LLaMA-Factory, supervised: instruction and output'),
    'alpaca-preference': t('LLaMA-Factory, preferences as instructions'),
    openai: t('OpenAI fine-tuning: chat messages'),
    'openai-preference': t('OpenAI fine-tuning: preferences (DPO)'),
    csv: t('A table with every text of the set, right and wrong'),
  };
}
