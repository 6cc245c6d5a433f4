import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { storeError, systemCode } from './storeError.ts';

/**
 * Makes a folder and those above it. On a read-only file system Node reports a missing file instead: the first folder
 * is then made by itself, which tells what is really in the way.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw storeError(systemCode(error) === 'ENOENT' ? await reasonOf(error, path) : error, path);
  }
}

async function reasonOf(error: unknown, path: string): Promise<unknown> {
  let first = path;
  for (
    let above = dirname(path);
    above !== first && !(await isThere(above));
    above = dirname(above)
  )
    first = above;
  try {
    await mkdir(first);
    await rm(first, { recursive: true });
    return error;
  } catch (found) {
    return found;
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
