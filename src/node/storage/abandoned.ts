import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that is still being written beside its place is younger than this. */
export const ABANDONED_AFTER_MS = 10 * 60_000;

/** The names that unfinished files have: of snapshots here, with the process in them those of the trainer. */
const UNFINISHED = /\.(?:[0-9a-f]{12}|\d+)\.tmp$/u;

/**
 * Removes what killed processes left half-written anywhere under a folder: the next snapshot of a file takes away its
 * own, but a finished round has no next one. Links are not followed, and what cannot be removed stays.
 */
export async function removeAbandoned(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile() || !UNFINISHED.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    try {
      if (Date.now() - (await stat(path)).mtimeMs > ABANDONED_AFTER_MS) await unlink(path);
    } catch {
      // It is tidying up: the next run tries again.
    }
  }
}
