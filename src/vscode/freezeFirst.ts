import * as vscode from 'vscode';
import { cancelled } from '../core/errors.ts';
import { sourceSchema } from '../core/round/frozen.ts';
import type { FreezePreview, SetPreview } from '../core/round/freezePreview.ts';
import type { Editor } from './editor.ts';
import { said } from './said.ts';
import { count } from './texts.ts';
import { reviewStrings, trainingStrings } from './webviews/strings.ts';

/** Says what freezing now would train on, and asks; whoever has not decided may let the gate's rule decide first. */
export async function agreeToFreeze(
  editor: Editor,
  root: string,
  round: number | undefined,
): Promise<'as-it-is' | 'accept-first'> {
  const { json } = await (
    await import('../node/commands/freezePreview.ts')
  ).previewFreeze(
    editor.makeContext({ root, signal: new AbortController().signal }),
    round === undefined ? {} : { round },
  );
  const freeze = vscode.l10n.t('Freeze');
  const accept = vscode.l10n.t('Accept by Rule and Freeze');
  const buttons = [...(json.items > 0 ? [freeze] : []), ...(json.afterRule ? [accept] : [])];
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Freeze round {0}?', json.round),
    { modal: true, detail: previewText(json) },
    ...buttons,
  );
  if (answer === freeze) return 'as-it-is';
  if (answer === accept) return 'accept-first';
  throw cancelled();
}

/** What would be trained on, in a few lines; where the rule would change it, both sets. */
export function previewText(preview: FreezePreview): string {
  const { t } = vscode.l10n;
  const texts = reviewStrings();
  const { byPerson, byRule, undecided, warnings, afterRule } = preview;
  const lines = [
    setText(preview),
    t('Decided by you: {0}; by rule: {1}.', count(byPerson), count(byRule)),
    // That some are undecided is one of the warnings; what can be done about it is said here.
    ...warnings.map((warning) => `⚠ ${said(warning)}`),
    // Review lists mistakes: whoever has decided on all of them has not seen the others.
    ...(undecided > 0
      ? [t('Review lists them under “Filter”, “{0}”.', texts['scope.taught'] ?? '')]
      : []),
    ...(afterRule
      ? [
          t(
            '“Accept by Rule” takes what passed every check of the gate, in questions that nobody has decided on. Then: {0}',
            setText(afterRule),
          ),
        ]
      : []),
    t('A frozen set cannot be changed. What you decide later counts for the next round.'),
  ];
  return lines.join('\n\n');
}

function setText({ items, coverage }: SetPreview): string {
  const words = trainingStrings();
  const sources = sourceSchema.options.flatMap((source) =>
    coverage.bySource[source] > 0
      ? [`${words[`source.${source}`]}: ${count(coverage.bySource[source])}`]
      : [],
  );
  return vscode.l10n.t(
    '{0} of {1} questions are trained on: {2} rationales ({4}), {3} questions with a reflection pair.',
    count(items),
    count(coverage.questions),
    count(coverage.positives),
    count(coverage.withPair),
    sources.join('; '),
  );
}
