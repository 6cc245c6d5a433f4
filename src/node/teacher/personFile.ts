import { readFile } from 'node:fs/promises';
import type * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { issueText } from '../../core/schemaProblem.ts';
import { sentence, type Sentence } from '../../core/sentence.ts';
import { systemCode } from '../storage/storeError.ts';

/** The first thing that is off, as half a sentence that names its place. */
export function firstIssue({ issues: [first] }: z.ZodError): Sentence {
  return first ? issueText(first, sentence`(file)`) : sentence`(file)`;
}

/**
 * Reads a JSON file that a person keeps in their own settings; null where there is none. Throws `store.io` where it
 * cannot be read, and what `refuse` makes of it where it is not JSON or not of this form.
 */
export async function readPersonFile<S extends z.ZodType>(
  path: string,
  schema: S,
  refuse: (because: Sentence, cause: unknown) => AppError,
): Promise<z.infer<S> | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw new AppError('store.io', sentence`${path} cannot be read.`, {
      cause: error,
      detail: { path },
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(sentence`it is not JSON`, error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refuse(firstIssue(parsed.error), parsed.error);
}
