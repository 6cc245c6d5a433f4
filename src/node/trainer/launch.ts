import { open } from 'node:fs/promises';
import { execa } from 'execa';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { startTimeOf } from '../storage/processIdentity.ts';
import { storeError } from '../storage/storeError.ts';
import type { ExitFacts } from './classify.ts';
import { writeLaunch, type Launch, type RunPaths } from './runFolder.ts';

/** What is started for a run folder: always an array of arguments, never a line for a shell. */
export interface TrainerCommand {
  /** Absolute path of the executable. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

export interface Launched {
  readonly launch: Launch;
  /** Settles when the process ends while this host lives. */
  readonly exit: Promise<ExitFacts>;
}

/**
 * Starts an attempt as a process of its own group that survives this host: output goes to train.log by descriptor
 * (a pipe would end with the host, and a full one would stop the trainer), nothing is cleaned up on exit.
 * launch.json is complete before the start, and names the process after it.
 */
export async function launchAttempt(
  paths: RunPaths,
  command: TrainerCommand,
  environment: Readonly<Record<string, string>>,
  plan: Omit<Launch, 'process' | 'failed' | 'argv' | 'environment'>,
): Promise<Launched> {
  const before: Launch = {
    ...plan,
    argv: [command.file, ...command.args],
    environment: Object.keys(environment).sort(),
    process: null,
    failed: false,
  };
  await writeLaunch(paths, before);
  const log = await open(paths.log, 'a', 0o644).catch((error: unknown) => {
    throw storeError(error, paths.log);
  });
  const subprocess = start(command, environment, log.fd);
  await log.close();
  const { pid } = subprocess;
  if (pid === undefined) {
    await writeLaunch(paths, { ...before, failed: true });
    const result = await subprocess;
    throw new AppError('python.missing', sentence`${command.file} could not be started.`, {
      hint: sentence`Run \`tailor doctor\`, or name another interpreter.`,
      cause: result,
      detail: { file: command.file, reason: result.shortMessage },
    });
  }
  subprocess.nodeChildProcess.unref();
  const launch = { ...before, process: { pid, startTime: await startTimeOf(pid) } };
  await writeLaunch(paths, launch);
  const exit = subprocess.then((result) => ({
    code: result.exitCode ?? null,
    signal: result.signal ?? null,
  }));
  return { launch, exit };
}

function start(
  command: TrainerCommand,
  environment: Readonly<Record<string, string>>,
  log: number,
) {
  // SAFETY: execa's types name the descriptors 3 to 9 only; it hands any number on to spawn as it is (tested with
  // a number above 9).
  const output = log as 9;
  return execa(command.file, command.args, {
    cwd: command.cwd,
    env: environment,
    extendEnv: false,
    stdio: ['ignore', output, output],
    detached: true,
    cleanup: false,
    reject: false,
    windowsHide: true,
  });
}
