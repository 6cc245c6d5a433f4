import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { systemCode } from '../storage/storeError.ts';

/** The highest version of a snapshot's format that this build reads. */
const VERSION = 1;

/**
 * Reads a JSON file that is always written whole; null where there is none. Throws `store.newerVersion` for one that a
 * newer Tailor wrote and `store.io` for any other that does not read; `shown` is its path for people.
 */
export async function readSnapshot<T>(
  path: string,
  { schema, shown }: { readonly schema: z.ZodType<T>; readonly shown: string },
): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw new AppError('store.io', sentence`${path} cannot be read.`, { cause: error });
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    if (versionOf(text) > VERSION) {
      throw new AppError('store.newerVersion', sentence`${shown} was written by a newer Tailor.`, {
        hint: sentence`Update Tailor.`,
        cause,
      });
    }
    throw new AppError('store.io', sentence`${shown} is not readable as what it should be.`, {
      hint: sentence`Restore it from version control.`,
      cause,
    });
  }
}

/** The version that a snapshot says it has; 0 where it says none. */
function versionOf(text: string): number {
  try {
    const value: unknown = JSON.parse(text);
    const known = typeof value === 'object' && value !== null && 'v' in value ? value.v : 0;
    return typeof known === 'number' ? known : 0;
  } catch {
    return 0;
  }
}
