import { stat } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { AppError, isAppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Signal } from '../../core/ports.ts';
import type { TrainerEvent } from '../../core/training/events.ts';
import { sha256File } from '../storage/fileHash.ts';
import { resolveRunPath } from './runPlaces.ts';

type Done = Extract<TrainerEvent, { type: 'done' }>;

/**
 * Makes sure that what `done` names still is what the trainer wrote. Paths are relative to the run folder or
 * absolute; one outside the run folder and the student folder is refused unread.
 */
export async function verifyArtifacts(
  done: Done,
  runFolder: string,
  student: string,
  signal?: Signal,
): Promise<void> {
  await requireFolder(student, runFolder);
  for (const artifact of done.artifacts) {
    const path = resolveRunPath(runFolder, artifact.path);
    if (!isInside(path, runFolder) && !isInside(path, student)) {
      throw new AppError(
        'trainer.protocol',
        sentence`The trainer names a result outside its folders: ${path}.`,
        {
          hint: sentence`The run folder was changed by hand or comes from another project; train into a new one.`,
          detail: { path },
        },
      );
    }
    const found = await hashOf(path, signal);
    if (found !== artifact.sha256) {
      throw new AppError(
        'student.invalid',
        sentence`${path} is not the file that the training wrote.`,
        {
          hint: sentence`Restore it, or delete ${student} and ${runFolder} and train again.`,
          detail: { path, expected: artifact.sha256, found },
        },
      );
    }
  }
}

async function requireFolder(student: string, runFolder: string): Promise<void> {
  const isFolder = await stat(student).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return;
  throw new AppError('student.modelMissing', sentence`The trained student is gone: ${student}.`, {
    hint: sentence`Restore the folder, or delete ${runFolder} and train again.`,
    detail: { path: student },
  });
}

async function hashOf(path: string, signal?: Signal): Promise<string | null> {
  try {
    return await sha256File(path, signal);
  } catch (error) {
    if (isAppError(error, 'store.missing')) return null;
    throw error;
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
