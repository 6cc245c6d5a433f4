import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { DATASET_INFO } from '../../core/exporting/datasetInfo.ts';
import { dataSets } from '../../core/project/dataSets.ts';
import type { ProjectFile } from '../../core/project/projectFile.ts';
import { sentence } from '../../core/sentence.ts';
import { systemCode, translating } from '../storage/storeError.ts';

const OWN = new Set(['tailor.json', 'rounds', 'models', 'prompts']);

/** Not over what the project itself is made of, nor into its hidden folders, by no name and with no option. */
export async function refusePlace(
  root: string,
  project: Pick<ProjectFile, 'data'>,
  path: string,
): Promise<void> {
  const folder = await translating(path, () => folderOf(path));
  const real = await realpath(path).catch(() => join(folder, basename(path)));
  const inside = relative(await realpath(root), real).split(sep);
  const [first = ''] = inside;
  if (first === '..') return;
  const isData = dataSets(project).some((set) => set.path === inside.join('/'));
  if (!OWN.has(first) && !isData && !inside.some((name) => name.startsWith('.'))) return;
  throw new AppError(
    'project.unsafePath',
    sentence`${path} belongs to the project itself: nothing else is written there.`,
    { hint: sentence`Choose another folder, for example exports/.` },
  );
}

async function folderOf(path: string): Promise<string> {
  try {
    return await realpath(dirname(path));
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT') throw cause;
    throw new AppError('store.missing', sentence`There is no folder ${dirname(path)}.`, {
      hint: sentence`Make the folder first, or choose another place.`,
      cause,
    });
  }
}

/** The list beside a file that needs it has a fixed name. */
export async function refuseName(
  root: string,
  project: Pick<ProjectFile, 'data'>,
  path: string,
  infoPath: string,
): Promise<void> {
  await refusePlace(root, project, infoPath);
  if (path !== infoPath) return;
  throw new AppError(
    'usage',
    sentence`${DATASET_INFO} is the list of data sets, not one of them.`,
    {
      hint: sentence`Choose another file name.`,
    },
  );
}

/** Nothing is written over unless it is meant. */
export async function refusePresent(path: string): Promise<void> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  throw new AppError('usage', sentence`${path} is there already.`, {
    hint: sentence`Choose another name, or write over it with --force.`,
  });
}
