import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { sentence, type Sentence } from '../../core/sentence.ts';
import type { Log, Report, Signal } from '../../core/ports.ts';
import { childEnvironment } from '../childEnvironment.ts';
import { makeFolder } from '../storage/makeFolder.ts';
import { runShortCommand } from './shortCommand.ts';

/** What the packages of the trainer take, roughly: said before anything is fetched. */
export const ENVIRONMENT_SIZE = {
  download: process.platform === 'linux' ? '0.2–3 GB' : '0.3 GB',
  disk: process.platform === 'linux' ? '1–7 GB' : '1.5 GB',
} as const;

export interface MakeEnvironment {
  /** An interpreter to make it with. */
  readonly python: string;
  /** Where it goes; one that is there is completed, never emptied. */
  readonly folder: string;
  /** The folder that holds requirements.txt. */
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly report: Report;
  readonly signal: Signal;
}

const MINUTES = 60_000;

/** Makes a virtual environment with the pinned packages of the trainer; gives its interpreter. */
export async function makeEnvironment(options: MakeEnvironment): Promise<string> {
  const { python, folder, bundle, log, report, signal } = options;
  const env = childEnvironment(options.environment, pipVariables(options.environment));
  const run = async (file: string, args: readonly string[], minutes: number): Promise<void> => {
    const result = await runShortCommand({
      file,
      args,
      cwd: bundle,
      env,
      timeoutMs: minutes * MINUTES,
      signal,
    });
    if (result.exitCode === 0) return;
    const said = result.stderr.trim().split('\n').at(-1) ?? '';
    throw new AppError('trainer.depsMissing', sentence`The Python environment could not be made.`, {
      hint: said === '' ? sentence`The program said nothing.` : said,
      detail: { stderr: result.stderr.slice(-4000), args },
    });
  };
  const stage = (done: number, note: Sentence): void => {
    log.info(String(note));
    report({ stage: sentence`environment`, done, total: 3, etaMs: null, note });
  };
  await makeFolder(dirname(folder));
  const made = venvPython(folder);
  stage(0, sentence`Making a virtual environment in ${folder}.`);
  if (!(await isFile(made))) await run(python, ['-m', 'venv', folder], 5);
  const list = join(bundle, 'requirements.txt');
  const packages = (await readFile(list, 'utf8'))
    .split('\n')
    .filter((line) => /^[a-z]/u.test(line));
  stage(1, sentence`Installing ${packages.join(', ')}.`);
  await run(made, ['-m', 'pip', 'install', '--no-compile', '--quiet', '-r', list], 120);
  stage(3, sentence`The environment is ready.`);
  return made;
}

/** The interpreter of a virtual environment. */
export function venvPython(folder: string): string {
  return process.platform === 'win32'
    ? join(folder, 'Scripts', 'python.exe')
    : join(folder, 'bin', 'python');
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** pip follows the person's own configuration: indexes, proxies and certificates. */
export function pipVariables(environment: MakeEnvironment['environment']): string[] {
  return Object.keys(environment).filter((name) =>
    /^(PIP_|SSL_CERT_FILE$|REQUESTS_CA_BUNDLE$|https?_proxy$|no_proxy$)/iu.test(name),
  );
}
