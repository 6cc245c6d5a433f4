import { basename } from 'node:path';
import { realpath, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { AppError, cancelled } from '../../core/errors.ts';
import { joined } from '../../core/sentence.ts';
import { editLines, planEdits, type PlannedEdits } from '../../node/commands/apply.ts';
import { textAfter, writeFixes } from '../../node/dataset/writeFixes.ts';
import { visibleText } from '../../core/visibleText.ts';
import { withToken } from '../cancellation.ts';
import type { Handler } from '../commands.ts';
import type { Editor } from '../editor.ts';
import { said } from '../said.ts';
import { requireTrust } from '../trust.ts';
import { LARGEST_DOCUMENT } from '../webviews/dataLine.ts';

/** "Apply Edits to File": shows what would change in the data file, asks, and writes it. */
export function applyHandler(
  editor: Pick<Editor, 'projects' | 'makeContext' | 'reports'>,
): Handler {
  return async (target) => {
    requireTrust();
    const { root } = await editor.projects.pick(target.root);
    const { t } = vscode.l10n;
    const planned = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Window,
        title: t('Looking what to apply'),
        cancellable: true,
      },
      (_progress, token) =>
        withToken(token, (signal) => planEdits(editor.makeContext({ root, signal }))),
    );
    const text = visibleText(said(joined(editLines(planned), '\n')));
    if (planned.plan.rows.length === 0) {
      if (planned.plan.left.length > 0) await editor.reports.show(t('Edits left out'), text);
      else void vscode.window.showInformationMessage(text);
      return;
    }
    await refuseUnsaved(planned);
    if (!(await isAgreed(planned, text, editor))) throw cancelled();
    // Looked at again: minutes may have passed over the comparison.
    requireTrust();
    await refuseUnsaved(planned);
    await writeFixes(planned.plan);
    const done = t('Written into {0}: {1}', planned.file, planned.plan.rows.length);
    void vscode.window.showInformationMessage(visibleText(done));
  };
}

/** What is unsaved would be written over the edits, or the other way round. */
async function refuseUnsaved({ file, plan: { path } }: PlannedEdits): Promise<void> {
  const { workspace, window } = vscode;
  const texts = workspace.textDocuments.filter(({ isDirty }) => isDirty).map(({ uri }) => uri);
  const tabs = window.tabGroups.all.flatMap((group) =>
    group.tabs.flatMap(({ input, isDirty }) =>
      isDirty && input instanceof vscode.TabInputCustom ? [input.uri] : [],
    ),
  );
  // Both may have been reached through links.
  const real = (of: string): Promise<string> => realpath(of).catch(() => of);
  const open = [...texts, ...tabs].filter(({ scheme }) => scheme === 'file');
  const unsaved = await Promise.all(open.map(({ fsPath }) => real(fsPath)));
  if (!unsaved.includes(await real(path))) return;
  throw new AppError('usage', vscode.l10n.t('{0} has unsaved changes in an editor.', file), {
    hint: vscode.l10n.t('Save or revert them first, then repeat the command.'),
  });
}

async function isAgreed(
  planned: PlannedEdits,
  text: string,
  { reports }: Pick<Editor, 'reports'>,
): Promise<boolean> {
  const { t } = vscode.l10n;
  const { file, plan } = planned;
  const write = t('Write');
  const show = t('Show Changes');
  const { size } = await stat(plan.path);
  const canShow = size <= LARGEST_DOCUMENT;
  const question = t('Write the edits of Review into {0}?', file);
  const chosen = await vscode.window.showInformationMessage(
    visibleText(question),
    { modal: true, detail: text },
    write,
    ...(canShow ? [show] : []),
  );
  if (chosen !== show) return chosen === write;
  const name = basename(file);
  const after = reports.keep(name, await textAfter(plan));
  await vscode.commands.executeCommand(
    'vscode.diff',
    vscode.Uri.file(plan.path),
    after,
    visibleText(t('{0}: on disk and with the edits of Review', name)),
  );
  return (await vscode.window.showInformationMessage(visibleText(question), write)) === write;
}
