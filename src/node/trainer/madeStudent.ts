import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainerEvent } from '../../core/training/events.ts';
import { digestOfFiles, weightsAmong } from '../exam/studentDigest.ts';

type Artifacts = Extract<TrainerEvent, { type: 'done' }>['artifacts'];

/** A student that a run made: its folder's name, and the digest that an exam would find. */
export interface MadeStudent {
  readonly name: string;
  readonly digest: string;
}

/**
 * The student of a finished run, from the digests that its trainer wrote down: weights are large, and nothing of them
 * is read. Null where its folder no longer holds weights of those sizes. `path` and the artifacts' paths are taken as
 * the run wrote them, in one form.
 */
export async function madeStudent(
  root: string,
  { path, studentId }: { readonly path: string; readonly studentId: string },
  artifacts: Artifacts,
): Promise<MadeStudent | null> {
  const files = new Map<string, Artifacts[number]>();
  for (const one of artifacts) {
    const name = one.path.startsWith(path) ? one.path.slice(path.length + 1) : one.path;
    if (!/[/\\]/u.test(name)) files.set(name, one);
  }
  const weights = weightsAmong([...files.keys()]);
  const digest = digestOfFiles(new Map([...files].map(([name, { sha256 }]) => [name, sha256])));
  if (digest === null) return null;
  for (const name of weights) {
    // Older runs wrote absolute paths, and the project may have moved since: its students are still in `models`.
    const found = await stat(join(root, 'models', studentId, name)).catch(() => null);
    if (found?.size !== files.get(name)?.bytes) return null;
  }
  return { name: studentId, digest };
}
