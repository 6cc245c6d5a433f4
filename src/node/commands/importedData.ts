import { isAppError } from '../../core/errors.ts';
import { findOverlaps, type Overlap } from '../../core/dataset/contamination.ts';
import type { Question } from '../../core/dataset/question.ts';
import type { ProjectFile } from '../../core/project/projectFile.ts';
import { ProjectFiles } from '../project/projectFiles.ts';
import { resolveInside } from '../storage/safePath.ts';

/** How many questions that a data file holds would come back with another text under the same id. */
export async function changedTexts(
  root: string,
  path: string,
  questions: readonly Question[],
): Promise<number> {
  const before = new Map(
    (await questionsOf(root, path)).map((question) => [question.id, question.question]),
  );
  return questions.filter(({ id, question }) => (before.get(id) ?? question) !== question).length;
}

/** Questions that stand in train and in dev: shown, never dropped from the files. */
export async function overlapsOf(root: string, { data }: ProjectFile): Promise<Overlap[]> {
  return findOverlaps(await questionsOf(root, data.train), await questionsOf(root, data.dev));
}

async function questionsOf(root: string, path: string): Promise<readonly Question[]> {
  return new ProjectFiles(() => undefined)
    .questions(await resolveInside(root, path))
    .catch((error: unknown) => {
      if (isAppError(error, 'store.missing')) return [];
      throw error;
    });
}
