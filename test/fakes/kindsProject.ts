import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { questionSchema } from '../../src/core/dataset/question.ts';
import { createPracticeProject } from '../../src/node/practiceFiles.ts';
import { loadProject } from '../../src/node/project/loadProject.ts';
import { ProjectStore } from '../../src/node/project/projectStore.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';

const ASSETS = join(import.meta.dirname, '..', '..', 'media', 'practice');

export const EPOCHS = 8;

/** What the last line says of a right answer, by kind. */
export const answersOfKind = (kind: string): RegExp =>
  kind === 'choice' ? /^\([a-d]\)$/u : kind === 'yes-no' ? /^(?:yes|no)$/u : /^\d+$/u;

/** What becomes of the questions with numbers, in turn: of every kind one is such that the base or its pupil errs. */
const TURNS = ['number', 'number', 'regex', 'exact', 'regex', 'exact'] as const;

/** A text is a number that is compared as it is written; a pattern the number, with or without what it counts. */
function asKinds(text: string, first: number): string {
  let numbers = first;
  const rows = text
    .trim()
    .split('\n')
    .map((line) => {
      const row = questionSchema.parse(JSON.parse(line));
      if (row.kind !== undefined) return row;
      const kind = TURNS[numbers % TURNS.length];
      numbers += 1;
      if (kind === 'number') return row;
      return kind === 'regex'
        ? { ...row, kind, answer: `${row.answer}(?: [a-z]+)?` }
        : { ...row, kind };
    });
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/**
 * A practice project with questions of every kind, trained in few steps that teach much; the seed is one whose student
 * makes mistakes of every kind.
 */
export async function kindsProject(
  root: string,
  sizes: { train: number; dev: number; unseen: number },
): Promise<void> {
  const kinds = ['number', 'choice', 'yes-no', 'yes-no'] as const;
  await createPracticeProject(root, { seed: 9, assets: ASSETS, sizes, kinds });
  // Few as they are, the dev questions have one of each.
  for (const [set, first] of [['train', 0] as const, ['dev', 1] as const]) {
    const path = join(root, 'data', `${set}.jsonl`);
    await writeFile(path, asKinds(await readFile(path, 'utf8'), first));
  }
  const { file } = await loadProject(root);
  const optim = { ...file.training.optim, epochs: EPOCHS, lr: 2e-3, globalBatch: 8 };
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
