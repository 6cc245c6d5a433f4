import { isAppError } from '../../core/errors.ts';
import { findOverlaps, type Overlap } from '../../core/dataset/contamination.ts';
import { questionSchema, type Question } from '../../core/dataset/question.ts';
import type { ProjectFile } from '../../core/project/projectFile.ts';
import { eachQuestion } from '../project/projectFiles.ts';
import { resolveInside } from '../storage/safePath.ts';

/** How many questions that a data file holds would come back with another text under the same id. */
export async function changedTexts(
  root: string,
  path: string,
  lines: () => AsyncIterable<Buffer>,
): Promise<number> {
  const before = new Map(
    (await questionsOf(root, path)).map((question) => [question.id, question.question]),
  );
  if (before.size === 0) return 0;
  let changed = 0;
  for await (const piece of lines()) {
    for (const line of piece.toString('utf8').split('\n')) {
      if (line === '') continue;
      const { id, question } = questionSchema.parse(JSON.parse(line));
      if ((before.get(id) ?? question) !== question) changed += 1;
    }
  }
  return changed;
}

/** Questions that stand in train and in dev: shown, never dropped from the files. */
export async function overlapsOf(root: string, { data }: ProjectFile): Promise<Overlap[]> {
  return findOverlaps(await questionsOf(root, data.train), await questionsOf(root, data.dev));
}

/** Of what a data file holds no more than is compared. */
async function questionsOf(
  root: string,
  path: string,
): Promise<readonly Pick<Question, 'id' | 'question'>[]> {
  const found: Pick<Question, 'id' | 'question'>[] = [];
  try {
    await eachQuestion(await resolveInside(root, path), {
      onQuestion: ({ id, question }) => void found.push({ id, question }),
      onBad: () => undefined,
    });
  } catch (error) {
    if (!isAppError(error, 'store.missing')) throw error;
  }
  return found;
}
