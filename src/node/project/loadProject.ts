import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { projectFileSchema, type ProjectFile } from '../../core/project/projectFile.ts';
import { PROJECT_FILE } from './projectFileName.ts';

const MAX_BYTES = 1024 * 1024;

export interface LoadedProject {
  /** Absolute and without links: a run is named by its paths too, and one project has one set of them. */
  readonly root: string;
  readonly file: ProjectFile;
}

/** Parses the text of a tailor.json; the error names every field that is wrong. */
export function parseProject(text: string, path: string): ProjectFile {
  if (text.length > MAX_BYTES) {
    throw new AppError('project.invalid', `${path} is larger than 1 MB.`, {
      hint: 'A project file holds settings only; data belongs into data/.',
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/u, ''));
  } catch (cause) {
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    throw new AppError('project.invalid', `${path} is not valid JSON${why}.`, {
      hint: 'Correct it in an editor, or bring back an earlier version of it.',
      cause,
    });
  }
  const parsed = projectFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path: field, message }) => `${field.map(String).join('.') || '(file)'}: ${message}`,
  );
  throw new AppError(
    'project.invalid',
    `${path} is not a valid project file: ${problems[0] ?? ''}.`,
    {
      hint:
        problems.length > 1 ? `Also: ${problems.slice(1, 6).join('; ')}.` : 'Correct that field.',
      cause: parsed.error,
      detail: { path, problems },
    },
  );
}

/** The project at `start` or in the nearest folder above it. */
export async function loadProject(start: string): Promise<LoadedProject> {
  let folder = resolve(start);
  for (;;) {
    const path = join(folder, PROJECT_FILE);
    const text = await readIfThere(path);
    if (text !== null) {
      return { root: await realpath(folder), file: parseProject(text, path) };
    }
    const parent = dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  throw new AppError(
    'project.missing',
    `There is no ${PROJECT_FILE} in ${resolve(start)} or above it.`,
    {
      hint: 'Create one with: tailor init --practice DIR, or tailor init DIR for your own data.',
    },
  );
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      (error.code === 'ENOENT' || error.code === 'ENOTDIR')
    ) {
      return null;
    }
    throw new AppError('store.io', `${path} cannot be read.`, { cause: error });
  }
}
