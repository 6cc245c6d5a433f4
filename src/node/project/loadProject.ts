import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { issueText } from '../../core/schemaProblem.ts';
import { joined, sentence } from '../../core/sentence.ts';
import { projectFileSchema, type ProjectFile } from '../../core/project/projectFile.ts';
import { systemCode } from '../storage/storeError.ts';
import { PROJECT_FILE } from './projectFileName.ts';

const MAX_BYTES = 1024 * 1024;

export interface LoadedProject {
  /** Absolute and without links: one project has one set of paths, whichever way it was opened. */
  readonly root: string;
  readonly file: ProjectFile;
}

/** Parses the text of a tailor.json; the error names every field that is wrong. */
export function parseProject(text: string, path: string): ProjectFile {
  if (text.length > MAX_BYTES) {
    throw new AppError('project.invalid', sentence`${path} is larger than 1 MB.`, {
      hint: sentence`A project file holds settings only; data belongs into data/.`,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/u, ''));
  } catch (cause) {
    const what =
      cause instanceof Error
        ? sentence`${path} is not valid JSON: ${cause.message}.`
        : sentence`${path} is not valid JSON.`;
    throw new AppError('project.invalid', what, {
      hint: sentence`Correct it in an editor, or bring back an earlier version of it.`,
      cause,
    });
  }
  const parsed = projectFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => issueText(issue, sentence`(file)`));
  throw new AppError(
    'project.invalid',
    sentence`${path} is not a valid project file: ${problems[0] ?? ''}.`,
    {
      hint:
        problems.length > 1
          ? sentence`Also: ${joined(problems.slice(1, 6), '; ')}.`
          : sentence`Correct that field.`,
      cause: parsed.error,
      detail: { path, problems: problems.map(String) },
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
    sentence`There is no ${PROJECT_FILE} in ${resolve(start)} or above it.`,
    {
      hint: sentence`Create one with: tailor init --practice DIR, or tailor init DIR for your own data.`,
    },
  );
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new AppError('store.io', sentence`${path} cannot be read.`, { cause: error });
  }
}
