import { open } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../core/errors.ts';
import { sentence } from '../core/sentence.ts';

/** Larger JSON files are not a student's: the largest known tokenizer.json is under 40 MB. */
const MAX_JSON_BYTES = 128 * 1024 * 1024;

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** One JSON file of a student folder, unparsed by any schema; null where there is no such file. */
export async function readJson(folder: string, name: string): Promise<unknown> {
  let text: string;
  try {
    const handle = await open(path.join(folder, name), 'r');
    try {
      const { size } = await handle.stat();
      if (size > MAX_JSON_BYTES) {
        throw new AppError(
          'student.invalid',
          sentence`The student’s ${name} is ${size} bytes long.`,
          {
            hint: sentence`Check that the folder is a Hugging Face student.`,
            detail: { folder, file: name },
          },
        );
      }
      text = await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('student.invalid', sentence`The student’s ${name} is not JSON.`, {
      hint: sentence`Copy or export the student again.`,
      cause,
      detail: { folder, file: name },
    });
  }
}

/** Like `readJson`, for a file that every student must have. */
export async function requireJson(folder: string, name: string): Promise<unknown> {
  const json = await readJson(folder, name);
  if (json === null) {
    throw new AppError('student.modelMissing', sentence`The student folder has no ${name}.`, {
      hint: sentence`Point Tailor at a Hugging Face folder: config.json, tokenizer.json, model.safetensors.`,
      detail: { folder, file: name },
    });
  }
  return json;
}
