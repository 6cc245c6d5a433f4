import { randomBytes } from 'node:crypto';
import { copyFile, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { AppError } from '../core/errors.ts';
import { sentence } from '../core/sentence.ts';
import type { Question } from '../core/dataset/question.ts';
import { PRACTICE_PATHS, practiceProject } from '../core/practice/practiceProject.ts';
import { practiceReadme } from '../core/practice/practiceReadme.ts';
import type { PracticeKind } from '../core/practice/questionKinds.ts';
import type { ProjectFile } from '../core/project/projectFile.ts';
import { makePracticeData, type PracticeSizes } from '../core/practice/stories.ts';
import { parseTemplates } from '../core/practice/templates.ts';
import { PROJECT_FILE } from './project/projectFileName.ts';
import { sha256File } from './storage/fileHash.ts';
import { makeFolder } from './storage/makeFolder.ts';
import { writeSnapshot } from './storage/snapshot.ts';
import { storeError, systemCode } from './storage/storeError.ts';

export interface PracticeOptions {
  /** Decides the questions and, through tailor.json, every later draw. */
  readonly seed: number;
  /** The folder media/practice of this installation: templates.json and student/. */
  readonly assets: string;
  readonly sizes?: PracticeSizes;
  /** Numbers where it is left out. */
  readonly kinds?: readonly PracticeKind[];
  /** tailor.json, where it is not to be the usual one of this seed. */
  readonly project?: ProjectFile;
}

const IGNORED = ['models/', '.tailor/', 'rounds/*/runs/*/checkpoints', '*.tmp'];

const studentRecordSchema = z.object({ sha256: z.record(z.string(), z.string()) });

/**
 * Makes the practice project in `root`. tailor.json is written last: a folder without it is no project, and an
 * interrupted call is completed by the next one with the same seed. Nothing that is there already is replaced.
 */
export async function createPracticeProject(root: string, options: PracticeOptions): Promise<void> {
  const projectPath = join(root, PROJECT_FILE);
  if ((await textOf(projectPath)) !== null) throw exists(projectPath);
  const templatesPath = join(options.assets, 'templates.json');
  const templates = await textOf(templatesPath);
  if (templates === null) {
    throw new AppError('store.missing', sentence`${templatesPath} is missing.`, {
      hint: sentence`Install Tailor again.`,
    });
  }
  const { seed, kinds, sizes } = options;
  const project = options.project ?? practiceProject(seed, { kinds });
  const data = makePracticeData(parseTemplates(templates), seed, sizes, kinds);
  const files = new Map<string, string>([
    [PRACTICE_PATHS.train, jsonLines(data.train)],
    [PRACTICE_PATHS.dev, jsonLines(data.dev)],
    [PRACTICE_PATHS.unseen, jsonLines(data.unseen)],
    ['README.md', practiceReadme(data, project.teacher)],
  ]);
  // All refusals come before the first write.
  for (const [path, text] of files) {
    const found = await textOf(join(root, path));
    if (found !== null && found !== text) throw exists(join(root, path));
  }
  for (const [path, text] of files) await write(join(root, path), text);
  await ignoreGenerated(root);
  await placePracticeStudent(root, options.assets);
  await write(projectPath, `${JSON.stringify(project, null, 2)}\n`);
}

function exists(path: string): AppError {
  return new AppError('project.exists', sentence`${path} is already there.`, {
    hint: sentence`Name a new folder for the practice project.`,
    detail: { path },
  });
}

function jsonLines(rows: readonly Question[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw storeError(error, path);
  }
}

async function write(path: string, text: string): Promise<void> {
  await makeFolder(dirname(path));
  await writeSnapshot(path, text, { mode: 0o644 });
}

/** Keeps what can be made again out of version control: adds the lines that are missing, a person's own stay. */
export async function ignoreGenerated(root: string): Promise<void> {
  const path = join(root, '.gitignore');
  const found = (await textOf(path)) ?? '';
  const lines = found.split(/\r?\n/u);
  const missing = IGNORED.filter((line) => !lines.includes(line));
  if (missing.length === 0) return;
  const separator = found === '' || found.endsWith('\n') ? '' : '\n';
  await write(path, `${found}${separator}${missing.join('\n')}\n`);
}

/** Puts the practice student where a project keeps it; `assets` is the folder media/practice. */
export async function placePracticeStudent(root: string, assets: string): Promise<void> {
  await copyStudent(join(assets, 'student'), join(root, PRACTICE_PATHS.student));
}

/** Copies the student beside its place, checks the recorded hashes and renames: never half a student. */
async function copyStudent(from: string, to: string): Promise<void> {
  if (await isFolder(to)) {
    await checkHashes(to);
    return;
  }
  const partial = `${to}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await makeFolder(partial);
    for (const entry of await readdir(from, { withFileTypes: true })) {
      if (entry.isFile()) await copyFile(join(from, entry.name), join(partial, entry.name));
    }
    await checkHashes(partial);
    await rename(partial, to);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Only what cannot be read lies with the installation; all else is about the project's disk.
    throw storeError(error, (await isFolder(from)) ? to : from);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw storeError(error, path);
  }
}

async function checkHashes(folder: string): Promise<void> {
  const text = await textOf(join(folder, 'tailor.student.json'));
  const record = studentRecordSchema.safeParse(text === null ? null : parseJson(text));
  if (!record.success) {
    throw new AppError(
      'student.invalid',
      sentence`${folder} has no readable tailor.student.json.`,
      {
        hint: sentence`Install Tailor again, or build the student with \`python -m tailor_bridge practice\`.`,
        cause: record.error,
      },
    );
  }
  for (const [name, expected] of Object.entries(record.data.sha256)) {
    if ((await sha256File(join(folder, name))) === expected) continue;
    throw new AppError(
      'student.invalid',
      sentence`${join(folder, name)} is not the file that was recorded.`,
      {
        hint: sentence`It was damaged or replaced: install Tailor again, or remove the folder.`,
        detail: { file: name, expected },
      },
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
