import { realpath, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { AppError, cancelled } from '../../core/errors.ts';
import type { DatasetRecord, RowKey } from '../../shared/datasetContract.ts';
import { LARGEST_DOCUMENT } from '../webviews/dataLine.ts';
import type { Projects } from '../ports.ts';
import type { DatasetDocument } from './datasetDocument.ts';
import type { ViewWays } from './datasetView.ts';
import { fieldUri, idOf } from './fieldPart.ts';

/** Ways from a row to other editors. */
export function waysFrom(
  projects: Projects & { known(): Promise<void> },
): Omit<ViewWays, 'settle'> {
  return {
    openText,
    openReview: async (document, key) => {
      const { root, set } = document.place;
      if (root === null || set !== 'train') {
        throw new AppError(
          'usage',
          vscode.l10n.t(
            'Review shows questions of a project’s training data, and this file is none of it.',
          ),
        );
      }
      const id = idOf(await document.dataset.record(key));
      if (id === null) {
        throw new AppError('usage', vscode.l10n.t('This row has no id to find it by in Review.'));
      }
      await vscode.commands.executeCommand('tailor.openReview', {
        root: await inWorkspace(root, projects),
        id,
      });
    },
    openField: async (document, key, index) => {
      const record = await document.dataset.record(key);
      const at = index ?? longest(record);
      const field = at === null ? undefined : record.fields[at];
      if (at === null || !field) {
        throw new AppError('usage', vscode.l10n.t('This row has no field to open.'));
      }
      const { fsPath: file } = document.uri;
      const uri = fieldUri({ file, key, index: at, name: field.name, id: idOf(record) }, record);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), {
        preview: true,
      });
    },
  };
}

/** The project's folder as the workspace names it: perhaps through a link. */
async function inWorkspace(
  root: string,
  projects: Projects & { known(): Promise<void> },
): Promise<string> {
  await projects.known();
  for (const project of projects.all) {
    if ((await realpath(project.root).catch(() => null)) === root) return project.root;
  }
  throw new AppError('project.missing', vscode.l10n.t('This file’s project is not open here.'), {
    hint: vscode.l10n.t('Open its folder first.'),
  });
}

/** The field that is most worth a document of its own. */
function longest({ fields }: DatasetRecord): number | null {
  const [first] = [...fields].sort((a, b) => b.characters - a.characters);
  return first?.index ?? null;
}

/** The text editor at a row's line. It reads the disk: unsaved edits are not in it. */
async function openText(document: DatasetDocument, key: RowKey): Promise<void> {
  const { uri, name, dataset } = document;
  const line = dataset.lineOf(key);
  const { size } = await stat(uri.fsPath).catch(() => {
    throw new AppError('store.missing', vscode.l10n.t('{0} was deleted on disk.', name));
  });
  if (size > LARGEST_DOCUMENT) {
    throw new AppError(
      'usage',
      vscode.l10n.t(
        '{0} has {1} MB: too much for a text editor. The row is line {2}.',
        name,
        (size / 1024 / 1024).toFixed(0),
        line,
      ),
      { hint: vscode.l10n.t('Edit it here, its line as well.') },
    );
  }
  if (document.state().dirty) await offerToSave(name);
  const place = new vscode.Range(line - 1, 0, line - 1, 0);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), {
    selection: place,
    preview: true,
  });
}

async function offerToSave(name: string): Promise<void> {
  const save = vscode.l10n.t('Save and Open');
  const without = vscode.l10n.t('Open Without Them');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0} has edits that are not saved.', name),
    { modal: true, detail: vscode.l10n.t('The text editor shows what is on disk.') },
    save,
    without,
  );
  if (chosen === save) await vscode.commands.executeCommand('workbench.action.files.save');
  else if (chosen !== without) throw cancelled();
}
