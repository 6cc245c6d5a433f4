import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { AppError } from '../../core/errors.ts';
import { otherSpellings } from '../../core/dataset/jsonString.ts';
import { dataSets } from '../../core/project/dataSets.ts';
import { loadProject } from '../../node/project/loadProject.ts';
import { scanByteLines } from '../../node/storage/byteLines.ts';
import { nodeFs } from '../../node/storage/fs.ts';
import { resolveInside } from '../../node/storage/safePath.ts';

/** A larger file as a text document makes the editor hang, worst over a remote connection. */
export const LARGEST_DOCUMENT = 5 * 1024 * 1024;

export interface DataLine {
  readonly path: string;
  /** 0-based. */
  readonly line: number;
  readonly bytes: number;
}

/** Where the row of a question stands in a set's file; null when it is not there. */
export async function findDataLine(
  root: string,
  id: string,
  set = 'train',
): Promise<DataLine | null> {
  const { file } = await loadProject(root);
  const named = dataSets(file).find(({ name }) => name === set);
  if (!named) return null;
  const path = await resolveInside(root, named.path);
  const { size: bytes } = await stat(path);
  const spelled = [JSON.stringify(id), ...otherSpellings(id)].map((text) => Buffer.from(text));
  const found: number[] = [];
  await scanByteLines(path, {
    fs: nodeFs,
    onLine: ({ bytes: row, line }) => {
      // Most lines are told apart without being parsed; an id may be spelled with escapes.
      if (!spelled.some((text) => row.includes(text))) return false;
      if (idOf(row.toString('utf8')) !== id) return false;
      found.push(line - 1);
      return true;
    },
  });
  const [line] = found;
  return line === undefined ? null : { path, line, bytes };
}

function idOf(row: string): unknown {
  try {
    const value: unknown = JSON.parse(row);
    return typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  } catch {
    return undefined;
  }
}

/** Shows the row of a question in its file. */
export async function openDataLine(root: string, id: string): Promise<void> {
  const found = await findDataLine(root, id);
  if (!found) {
    throw new AppError(
      'data.missing',
      vscode.l10n.t('The training data has no row with this id any more.'),
      { hint: vscode.l10n.t('The question was removed or its id was changed.') },
    );
  }
  await openLine(found);
}

/** Opens a file at a line: as text, or in the Dataset Editor where it is too large to be a document. */
export async function openLine({ path, line, bytes }: DataLine): Promise<void> {
  if (bytes > LARGEST_DOCUMENT) {
    const target = { scheme: 'file', fsPath: path, line: line + 1 };
    await vscode.commands.executeCommand('tailor.openDataset', target);
    return;
  }
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
  const place = new vscode.Range(line, 0, line, 0);
  await vscode.window.showTextDocument(document, { selection: place, preview: true });
}
