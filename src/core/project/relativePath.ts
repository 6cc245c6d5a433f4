import { sentence } from '../sentence.ts';
import * as z from 'zod';

/** A path of a project's files, which anyone may have written: it never leads out of the project by its own words. */
export const relativePathSchema = z
  .string()
  .min(1)
  .max(500)
  .refine((path) => !/^([/\\]|[A-Za-z]:)/u.test(path) && !path.split(/[/\\]/u).includes('..'), {
    message: String(sentence`must be a relative path inside the project`),
  });
