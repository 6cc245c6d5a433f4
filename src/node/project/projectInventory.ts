import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isAppError, textOf } from '../../core/errors.ts';
import { parseStudentConfig, type StudentConfig } from '../../core/exam/studentConfig.ts';
import type { AtPath, ProjectSurroundings } from '../../core/project/checkProjectFile.ts';
import { placesIn } from '../../core/project/projectPlaces.ts';
import { sentence, type Text } from '../../core/sentence.ts';
import { loadStudents, studentsPath } from '../served/profiles.ts';
import { resolveInside } from '../storage/safePath.ts';
import { loadProfiles, profilesPath } from '../teacher/profiles.ts';

/** What a project holds that its tailor.json can name; all relative to it, with `/`. */
export interface Inventory {
  readonly dataFiles: readonly string[];
  readonly students: readonly string[];
  readonly texts: readonly string[];
}

/** Folders that hold nothing to name; hidden ones are left out as well. */
const PASSED_OVER = new Set(['node_modules', 'rounds']);
const DEEPEST = 5;
/** Names that are looked at: a project has few, and whoever opened a home folder waits for nothing. */
const MOST_NAMES = 5000;

/** Looks through a project's folders. */
export async function takeInventory(root: string): Promise<Inventory> {
  const dataFiles: string[] = [];
  const students: string[] = [];
  const texts: string[] = [];
  let left = MOST_NAMES;
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      left -= 1;
      if (left < 0) return;
      const { name } = entry;
      const path = folder === '' ? name : `${folder}/${name}`;
      if (entry.isDirectory()) {
        if (name.startsWith('.') || PASSED_OVER.has(name) || depth === DEEPEST) continue;
        await walk(path, depth + 1);
      } else if (name === 'config.json' && folder !== '') students.push(folder);
      else if (/\.(?:jsonl|ndjson)$/iu.test(name)) dataFiles.push(path);
      else if (/\.(?:txt|md)$/iu.test(name)) texts.push(path);
    }
  };
  await walk('', 0);
  return { dataFiles, students, texts };
}

/** Everything outside the text of a tailor.json that decides whether what it names is there. */
export async function surroundingsOf(
  root: string,
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ProjectSurroundings> {
  const profiles = await loadProfiles(profilesPath(environment)).then(
    (all) => all.map(({ name }) => name),
    () => null,
  );
  let serversProblem: Text | null = null;
  const servers = await loadStudents(studentsPath(environment)).then(
    (all) => all.map(({ name }) => name),
    (error: unknown) => {
      serversProblem = textOf(error);
      return null;
    },
  );
  const at = new Map<string, AtPath>();
  const students = new Map<string, Text | null>();
  for (const { kind, value } of placesIn(text).values) {
    if (kind === 'teacher' || kind === 'server' || value === null || value === '' || at.has(value))
      continue;
    at.set(value, await lookAt(root, value));
    if (kind === 'student') students.set(value, await doubtOfStudent(root, value));
  }
  return {
    profiles,
    servers,
    serversProblem,
    at: (path) => at.get(path) ?? 'missing',
    student: (path) => students.get(path) ?? null,
    ...(await takeInventory(root)),
  };
}

async function lookAt(root: string, path: string): Promise<AtPath> {
  try {
    const found = await stat(await resolveInside(root, path));
    return found.isDirectory() ? 'folder' : 'file';
  } catch (error) {
    return isAppError(error, 'project.unsafePath') ? 'outside' : 'missing';
  }
}

/** Why a folder's student could not sit an exam, as far as its names and its config.json tell; null where it could. */
async function doubtOfStudent(root: string, path: string): Promise<Text | null> {
  const config = await studentConfig(root, path);
  if ('doubt' in config) return config.doubt;
  const names = new Set(await readdir(await resolveInside(root, path)).catch(() => []));
  const weights = ['model.safetensors', 'model.safetensors.index.json'];
  if (!weights.some((name) => names.has(name))) {
    return sentence`${path} has no weights: ${'model.safetensors'} is missing.`;
  }
  if (!names.has('tokenizer.json')) {
    return sentence`${path} has no tokenizer: ${'tokenizer.json'} is missing.`;
  }
  return null;
}

/** The architecture that a student folder's config.json describes, or why none can be examined. */
export async function studentConfig(
  root: string,
  path: string,
): Promise<StudentConfig | { readonly doubt: Text }> {
  let text: string;
  try {
    text = await readFile(await resolveInside(root, `${path}/config.json`), 'utf8');
  } catch {
    return { doubt: sentence`${path} is no student: ${'config.json'} is missing.` };
  }
  try {
    return parseStudentConfig(JSON.parse(text));
  } catch (error) {
    if (isAppError(error)) return { doubt: textOf(error) };
    return { doubt: sentence`The file ${'config.json'} of ${basename(path)} is not valid JSON.` };
  }
}
