import { findPython, type PythonEnvironment } from '../python/findPython.ts';
import type { CommandContext } from './context.ts';

/** The Python to train with, as the person named it or as it is found; PATH entries inside `projectFolder` are skipped. */
export function trainerPython(
  context: CommandContext,
  projectFolder?: string,
): Promise<PythonEnvironment> {
  return findPython({
    named: context.python,
    environment: context.environment,
    installation: context.assets.installation,
    ...(projectFolder === undefined ? {} : { projectFolder }),
    confirm: context.confirmPython,
    signal: context.signal,
  });
}
