import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import * as vscode from 'vscode';
import { AppError, cancelled } from '../../core/errors.ts';
import { resolveInside } from '../../node/storage/safePath.ts';
import type { Target } from '../commandTarget.ts';
import { namedSets } from '../namedSets.ts';
import type { Projects } from '../ports.ts';

/**
 * The file that is meant: the one that was pointed at, a project's set or frozen set, the one in the editor in front, or
 * the one that the person picks.
 */
export async function chooseFile(
  target: Target,
  projects: Projects & { known(): Promise<void> },
): Promise<vscode.Uri> {
  if (target.fsPath !== undefined) {
    return target.scheme === 'file' || target.scheme === undefined
      ? vscode.Uri.file(target.fsPath)
      : vscode.Uri.from({ scheme: target.scheme, path: target.fsPath });
  }
  await projects.known();
  const named = projects.all.find(({ root }) => root === target.root);
  if (named && target.round !== undefined) return frozenSet(named.root, target.round);
  if (named && target.set !== undefined) return setFile(named.root, target.set);
  const active = named ? null : activeFile();
  if (active) return active;
  const project = named ?? projects.current;
  return project ? pickSet(project.root) : browse();
}

async function frozenSet(root: string, round: number): Promise<vscode.Uri> {
  const path = join(root, 'rounds', String(round), 'train.jsonl');
  if (await stat(path).catch(() => null)) return vscode.Uri.file(path);
  throw new AppError('round.notFrozen', vscode.l10n.t('Round {0} has no frozen set.', round));
}

async function setFile(root: string, set: string): Promise<vscode.Uri> {
  const found = (await namedSets(root)).find(({ name }) => name === set);
  if (found) return vscode.Uri.file(await resolveInside(root, found.path));
  throw new AppError('data.missing', vscode.l10n.t('This project has no set “{0}”.', set));
}

/** The file in front, also one that is too large to be a document. */
function activeFile(): vscode.Uri | null {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof vscode.TabInputText)) return null;
  const { uri } = input;
  return extname(uri.path).toLowerCase() === '.jsonl' ? uri : null;
}

async function pickSet(root: string): Promise<vscode.Uri> {
  const sets = await namedSets(root);
  const other = vscode.l10n.t('Another file…');
  const picked = await vscode.window.showQuickPick(
    [
      ...sets.map(({ name, path }) => ({ label: name, description: path })),
      { label: other, description: '' },
    ],
    { placeHolder: vscode.l10n.t('Which data?') },
  );
  if (!picked) throw cancelled();
  return picked.label === other ? browse() : setFile(root, picked.label);
}

async function browse(): Promise<vscode.Uri> {
  const [file] =
    (await vscode.window.showOpenDialog({
      canSelectMany: false,
      filters: { [vscode.l10n.t('JSON lines')]: ['jsonl', 'ndjson'] },
      openLabel: vscode.l10n.t('Open'),
    })) ?? [];
  if (!file) throw cancelled();
  return file;
}
