import * as vscode from 'vscode';
import { cancelled } from '../core/errors.ts';
import type { ReportFormat } from '../node/dashboard/reportText.ts';
import { withToken } from './cancellation.ts';
import type { Handler } from './commands.ts';
import type { Editor } from './editor.ts';
import { said } from './said.ts';
import { dashboardStrings, trainingStrings } from './webviews/strings.ts';

interface Choice extends vscode.QuickPickItem {
  readonly format: ReportFormat;
  readonly extension: string;
}

/**
 * Writes what the Dashboard shows to a file that the person names: where one is open over the project, the very rounds,
 * set and run that were chosen there.
 */
export function writeReportHandler(editor: Editor): Handler {
  return async (target) => {
    const { root } = await editor.projects.pick(target.root);
    const { format, extension, label } = await chooseFormat();
    const chosen = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.joinPath(vscode.Uri.file(root), `report.${extension}`),
      filters: { [label]: [extension] },
      saveLabel: vscode.l10n.t('Write'),
    });
    if (!chosen) throw cancelled();
    const title = vscode.l10n.t('Report');
    const { text } = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title, cancellable: true },
      (_progress, token) =>
        withToken(token, async (signal) => {
          const { report } = await import('../node/commands/report.ts');
          const view = await editor.board.of(root);
          return report(editor.makeContext({ root, signal }), {
            format,
            output: chosen.fsPath,
            ...(view === null ? {} : { view }),
            language: {
              strings: { ...trainingStrings(), ...dashboardStrings() },
              language: vscode.env.language,
            },
            say: said,
          });
        }),
    );
    const open = vscode.l10n.t('Open');
    if ((await vscode.window.showInformationMessage(said(text), open)) === open) {
      await vscode.commands.executeCommand('vscode.open', chosen);
    }
  };
}

async function chooseFormat(): Promise<Choice> {
  const choices: Choice[] = [
    {
      label: vscode.l10n.t('Web page'),
      detail: vscode.l10n.t('One file with pictures and tables, without script, for any browser'),
      format: 'html',
      extension: 'html',
    },
    {
      label: vscode.l10n.t('Markdown'),
      detail: vscode.l10n.t('Tables as text, for a repository or a message'),
      format: 'markdown',
      extension: 'md',
    },
    {
      label: vscode.l10n.t('Table (CSV)'),
      detail: vscode.l10n.t('Every number in a row of its own, for a spreadsheet or a script'),
      format: 'csv',
      extension: 'csv',
    },
  ];
  const chosen = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t('Write Report'),
    placeHolder: vscode.l10n.t('As what?'),
  });
  if (!chosen) throw cancelled();
  return chosen;
}
