import { realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, relative, sep } from 'node:path';
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { sentence, Sentence } from '../../core/sentence.ts';
import type { Signal } from '../../core/ports.ts';
import { childEnvironment } from '../childEnvironment.ts';
import { runShortCommand } from './shortCommand.ts';

export type PythonSource = 'named' | 'user' | 'installation' | 'virtualEnv' | 'path';

/** A Python interpreter that was started once and told its version. */
export interface PythonEnvironment {
  /** Absolute path of the interpreter. */
  readonly python: string;
  readonly version: string;
  readonly source: PythonSource;
}

export interface FindPython {
  /** The interpreter the person named for this command; an absolute path. */
  readonly named?: string | undefined;
  /** Usually process.env. TAILOR_PYTHON, VIRTUAL_ENV and PATH are read from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder Tailor is installed in; its own .venv is used where there is one. */
  readonly installation: string;
  /** The project's folder: a PATH entry inside it is skipped, so that a project cannot bring an interpreter along. */
  readonly projectFolder?: string | undefined;
  /** Asked before an interpreter is started for the first time; false refuses it. */
  readonly confirm?: ((path: string, source: PythonSource) => Promise<boolean>) | undefined;
  readonly signal?: Signal | undefined;
}

/** The oldest Python the trainer runs on. */
export const PYTHON_FLOOR = [3, 10] as const;
const FLOOR_TEXT = PYTHON_FLOOR.join('.');
const VERSION_TIMEOUT_MS = 30_000;
const VERSION_SCRIPT =
  'import json,sys; print(json.dumps({"version": sys.version_info[:3], "executable": sys.executable}))';
const versionSchema = z.object({
  version: z.tuple([z.number().int(), z.number().int(), z.number().int()]),
  executable: z.string(),
});

/**
 * The interpreter to train with: the named one, TAILOR_PYTHON, the installation's .venv, the active virtual
 * environment, python3 on PATH. The first two are what a person asked for, so a failure there is an error and not a
 * reason to go on. Nothing is ever read from a project.
 */
export async function findPython(options: FindPython): Promise<PythonEnvironment> {
  const asked = askedFor(options);
  if (asked !== undefined) return startAsked(asked.path, asked.source, options);
  const refusals: string[] = [];
  for (const { path, source } of found(options)) {
    if (!(await isFile(path))) continue;
    if (source === 'path' && (await isInside(dirname(path), options.projectFolder))) continue;
    await confirmed(path, source, options);
    const answer = await versionOf(path, options);
    if (!(answer instanceof Sentence)) return { ...answer, source };
    refusals.push(String(answer));
  }
  throw new AppError('python.missing', sentence`No Python ${FLOOR_TEXT} or newer was found.`, {
    hint: sentence`Install Python, or name an interpreter with --python or the variable TAILOR_PYTHON.`,
    detail: { refusals },
  });
}

interface Candidate {
  readonly path: string;
  readonly source: PythonSource;
}

function askedFor(options: FindPython): Candidate | undefined {
  if (options.named !== undefined) return { path: options.named, source: 'named' };
  const user = options.environment['TAILOR_PYTHON'];
  return user === undefined || user === '' ? undefined : { path: user, source: 'user' };
}

async function startAsked(
  path: string,
  source: PythonSource,
  options: FindPython,
): Promise<PythonEnvironment> {
  const hint = sentence`Name the interpreter by its absolute path, for example /usr/bin/python3.`;
  if (!isAbsolute(path)) {
    throw new AppError(
      'python.missing',
      sentence`The interpreter "${path}" is not an absolute path.`,
      {
        hint,
      },
    );
  }
  if (!(await isFile(path))) {
    throw new AppError('python.missing', sentence`There is no interpreter at ${path}.`, { hint });
  }
  await confirmed(path, source, options);
  const answer = await versionOf(path, options);
  if (answer instanceof Sentence) throw new AppError('python.missing', answer, { hint });
  return { ...answer, source };
}

function found(options: FindPython): Candidate[] {
  const virtualEnv = options.environment['VIRTUAL_ENV'];
  const folders = (options.environment['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => isAbsolute(folder));
  return [
    { path: venvPython(join(options.installation, '.venv')), source: 'installation' },
    ...(virtualEnv !== undefined && isAbsolute(virtualEnv)
      ? [{ path: venvPython(virtualEnv), source: 'virtualEnv' } as const]
      : []),
    ...folders.map((folder) => ({ path: join(folder, programName()), source: 'path' }) as const),
  ];
}

function venvPython(folder: string): string {
  return process.platform === 'win32'
    ? join(folder, 'Scripts', 'python.exe')
    : join(folder, 'bin', 'python');
}

function programName(): string {
  return process.platform === 'win32' ? 'python.exe' : 'python3';
}

async function isInside(path: string, folder: string | undefined): Promise<boolean> {
  if (folder === undefined) return false;
  const [inner, outer] = await Promise.all([realpath(path), realpath(folder)]);
  const way = relative(outer, inner);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function confirmed(path: string, source: PythonSource, options: FindPython): Promise<void> {
  if (options.confirm === undefined || (await options.confirm(path, source))) return;
  throw new AppError('python.untrusted', sentence`The interpreter ${path} was not approved.`, {
    hint: sentence`Approve it, or name another one in your own settings.`,
  });
}

/** The interpreter's own answer, or one sentence saying why it cannot be used. */
async function versionOf(
  path: string,
  options: FindPython,
): Promise<{ python: string; version: string } | Sentence> {
  const result = await runShortCommand({
    file: path,
    // -I: neither the working folder, the user's site folder nor PYTHON* variables take part.
    args: ['-I', '-c', VERSION_SCRIPT],
    cwd: options.installation,
    env: childEnvironment(options.environment),
    timeoutMs: VERSION_TIMEOUT_MS,
    signal: options.signal,
  });
  if (result.timedOut)
    return sentence`${path} did not answer within ${VERSION_TIMEOUT_MS / 1000} s.`;
  const answer = parseVersion(result.stdout);
  if (answer === undefined) return sentence`${path} did not answer as a Python interpreter.`;
  const [major, minor, micro] = answer.version;
  const version = `${major}.${minor}.${micro}`;
  if (major !== PYTHON_FLOOR[0] || minor < PYTHON_FLOOR[1]) {
    return sentence`${path} is Python ${version}; ${FLOOR_TEXT} or newer is needed.`;
  }
  // A version manager's shim is resolved to the interpreter behind it: it may choose by the working folder.
  return { python: isAbsolute(answer.executable) ? answer.executable : path, version };
}

function parseVersion(stdout: string): z.infer<typeof versionSchema> | undefined {
  try {
    return versionSchema.safeParse(JSON.parse(stdout)).data;
  } catch {
    return undefined;
  }
}
