import { access, constants, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { dataSets } from '../../core/project/dataSets.ts';
import { PROJECT_FILE } from '../../node/project/projectFileName.ts';
import { loadProject } from '../../node/project/loadProject.ts';
import { resolveInside } from '../../node/storage/safePath.ts';

/** Where a data file lies: what it is to a project, and whether it may be changed. */
export interface FilePlace {
  /** The project's folder; null outside of one. */
  readonly root: string | null;
  /** Which of the project's sets it is: `train`, `dev`, `test` or the name of a further one. */
  readonly set: string | null;
  /** Why nothing can be edited, and what to do instead; null where it can. */
  readonly readOnly: string | null;
}

/** A file of a project that stays as it was written. */
export interface KeptFile {
  /** The project's folder. */
  readonly root: string;
  /** Why nothing in it can be edited, and what to do instead. */
  readonly reason: string;
}

const OWN_FOLDER = '.tailor';
const ROUNDS_FOLDER = 'rounds';
/** The folders of a project in which files are kept; whoever looks for kept files by name looks for these. */
export const KEPT_FOLDERS = [ROUNDS_FOLDER, OWN_FOLDER] as const;

/** Looks at the disk anew: permissions and projects change while a file is open. */
export async function placeOfFile(path: string): Promise<FilePlace> {
  const { real, root, kept } = await lookAt(path);
  return {
    root,
    set: root === null || kept !== null ? null : await setOf(root, real),
    readOnly: kept ?? whyUntrusted() ?? (await whyDenied(real)),
  };
}

/** Whether a file is a kept one of a project: the one rule for every editor. Null for every other file. */
export async function keptFile(path: string): Promise<KeptFile | null> {
  const { root, kept } = await lookAt(path);
  return root === null || kept === null ? null : { root, reason: kept };
}

async function lookAt(
  path: string,
): Promise<{ readonly real: string; readonly root: string | null; readonly kept: string | null }> {
  const real = await realpath(path).catch(() => path);
  const root = await projectAbove(dirname(real));
  return { real, root, kept: root === null ? null : whyKept(relative(root, real).split(sep)) };
}

/** The nearest folder with a project file, also where that file is broken. */
async function projectAbove(start: string): Promise<string | null> {
  for (let folder = start; ; folder = dirname(folder)) {
    const found = await stat(join(folder, PROJECT_FILE)).catch(() => null);
    if (found?.isFile() === true) return folder;
    if (dirname(folder) === folder) return null;
  }
}

async function setOf(root: string, real: string): Promise<string | null> {
  const project = await loadProject(root).catch(() => null);
  if (!project) return null;
  for (const { name, path } of dataSets(project.file)) {
    const resolved = await resolveInside(project.root, path).catch(() => null);
    if (resolved === real) return name;
  }
  return null;
}

/** Why a file of a project stays as it was written; null for what people edit. */
function whyKept([first = '', round = '', ...rest]: readonly string[]): string | null {
  const { t } = vscode.l10n;
  if (isAbsolute(first) || first === '..') return null;
  if (first === OWN_FOLDER) return t('Tailor keeps this file itself; it cannot be edited.');
  if (first !== ROUNDS_FOLDER) return null;
  const [name = ''] = rest;
  if (name === 'train.jsonl' && rest.length === 1) {
    return t(
      'This is the frozen set of round {0}: it stays what was trained on. Decide in Review or edit the data file; the next round takes it.',
      round,
    );
  }
  if (name === 'decisions') {
    return t(
      'Decisions of round {0} are only ever added to. Decide in Review; undo is there as well.',
      round,
    );
  }
  return t(
    'This is a record of round {0} and stays as it was written. Decide in Review or edit the data file.',
    round,
  );
}

function whyUntrusted(): string | null {
  if (vscode.workspace.isTrusted) return null;
  return vscode.l10n.t(
    'In Restricted Mode data can be read and not edited. Trust this folder first: Workspaces: Manage Workspace Trust.',
  );
}

/** A save writes a file beside this one and puts it in its place: both must be allowed. */
async function whyDenied(real: string): Promise<string | null> {
  const denied = async (path: string): Promise<string | null> =>
    access(path, constants.W_OK).then(
      () => null,
      (error: unknown) =>
        error instanceof Error && 'code' in error && typeof error.code === 'string'
          ? error.code
          : '',
    );
  const code = (await denied(real)) ?? (await denied(dirname(real)));
  if (code === 'EROFS') {
    return vscode.l10n.t('{0} lies on a file system that is read-only.', basename(real));
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return vscode.l10n.t(
      'You may not write {0} or its folder. Change its permissions, or save it as another file.',
      basename(real),
    );
  }
  return null;
}
