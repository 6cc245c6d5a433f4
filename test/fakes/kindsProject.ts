import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { questionSchema } from '../../src/core/dataset/question.ts';
import { createPracticeProject } from '../../src/node/practiceFiles.ts';
import { loadProject } from '../../src/node/project/loadProject.ts';
import { ProjectStore } from '../../src/node/project/projectStore.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';

const ASSETS = join(import.meta.dirname, '..', '..', 'media', 'practice');

/** What the last line says of a right answer, by kind. */
export const answersOfKind = (kind: string): RegExp =>
  kind === 'choice' ? /^\([a-d]\)$/u : kind === 'yes-no' ? /^(?:yes|no)$/u : /^\d+$/u;

/**
 * A practice project with questions of every kind, trained in few steps that teach much; the seed is one whose student
 * makes mistakes of every kind. A text is a number that is compared as it is written.
 */
export async function kindsProject(
  root: string,
  sizes: { train: number; dev: number; unseen: number },
): Promise<void> {
  const kinds = ['number', 'choice', 'yes-no', 'yes-no'] as const;
  await createPracticeProject(root, { seed: 9, assets: ASSETS, sizes, kinds });
  const path = join(root, 'data', 'train.jsonl');
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  let numbers = 0;
  const rows = lines.map((line) => {
    const row = questionSchema.parse(JSON.parse(line));
    if (row.kind !== undefined) return row;
    numbers += 1;
    return numbers % 2 === 0 ? { ...row, kind: 'exact' } : row;
  });
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const { file } = await loadProject(root);
  const optim = { ...file.training.optim, epochs: 8, lr: 2e-3, globalBatch: 8 };
  const training = { ...file.training, optim };
  await writeFile(join(root, 'tailor.json'), JSON.stringify({ ...file, training }));
}

/** The project's files, to be looked into. */
export async function openReadingStore(root: string): Promise<ProjectStore> {
  const { file } = await loadProject(root);
  const onBad = (bad: unknown): void => {
    throw new Error(JSON.stringify(bad));
  };
  return new ProjectStore({ root, project: file, writer: 'reader', clock: systemClock, onBad });
}
