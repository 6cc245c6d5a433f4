import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { PythonEnvironment } from './findPython.ts';

/** A program with its arguments as an array; nothing in it is ever read by a shell. */
export interface BridgeCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/**
 * The command line of `tailor_bridge`. -I keeps the working folder, the user's site folder and PYTHON* variables off
 * the import path (measured on 3.11: with it a torch.py, json.py or sitecustomize.py in the working folder, or named
 * by PYTHONPATH, is not imported); launch.py then adds its own folder. -X utf8 makes Windows read and write UTF-8.
 */
export function bridgeCommand(
  python: PythonEnvironment,
  bundle: string,
  args: readonly string[],
): BridgeCommand {
  for (const value of args) {
    if (value.includes('\0')) {
      throw new AppError(
        'usage',
        sentence`An argument of the Python bridge holds a NUL character.`,
      );
    }
  }
  return {
    file: python.python,
    args: ['-I', '-X', 'utf8', '-u', join(bundle, 'launch.py'), ...args],
    cwd: bundle,
  };
}
