import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { projectFileSchema, type ProjectFile } from '../../core/project/projectFile.ts';
import { AppError } from '../../core/errors.ts';
import { issueText } from '../../core/schemaProblem.ts';
import { sentence } from '../../core/sentence.ts';
import { assertWritable } from '../storage/safePath.ts';
import { writeSnapshot } from '../storage/snapshot.ts';
import { translating } from '../storage/storeError.ts';
import { loadProject } from './loadProject.ts';
import { PROJECT_FILE } from './projectFileName.ts';

const anObject = z.record(z.string(), z.unknown());

/** Sets fields of a project file; the others stay as the person wrote them, defaults are not spelled out. */
export async function changeProject(
  start: string,
  change: Partial<Pick<ProjectFile, 'student' | 'servedBy' | 'chat' | 'teacher' | 'name'>> & {
    readonly data?: { readonly test: string };
  },
): Promise<{ readonly root: string; readonly file: ProjectFile }> {
  const { root } = await loadProject(start);
  const path = await assertWritable(root, PROJECT_FILE);
  const text = await translating(path, () => readFile(join(root, PROJECT_FILE), 'utf8'));
  // The file has just been read as a project: it is an object.
  const written = anObject.parse(JSON.parse(text.replace(/^\uFEFF/u, '')));
  const { data, ...fields } = change;
  const sets = data && { data: { ...anObject.parse(written['data']), ...data } };
  const changed = { ...written, ...fields, ...sets };
  const parsed = projectFileSchema.safeParse(changed);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw new AppError(
      'usage',
      sentence`${first ? issueText(first, PROJECT_FILE) : PROJECT_FILE}.`,
      {
        hint: sentence`Nothing was changed.`,
      },
    );
  }
  await writeSnapshot(path, `${JSON.stringify(changed, null, 2)}\n`);
  return { root, file: parsed.data };
}
