import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { joined, sentence } from '../../core/sentence.ts';
import { ENVIRONMENT_SIZE, makeEnvironment } from '../python/makeEnvironment.ts';
import { doctorFacts, probePython } from '../python/probe.ts';
import type { CommandContext, CommandResult } from './context.ts';
import { trainerPython } from './trainerPython.ts';

/** `tailor setup`: the Python to train with and what it lacks; with `make`, an environment of Tailor's own. */
export async function setUpTrainer(
  context: CommandContext,
  options: { readonly make?: boolean; readonly folder?: string },
): Promise<CommandResult> {
  const { assets, environment, signal } = context;
  const found = await trainerPython(context);
  const folder = options.folder ?? join(assets.installation, '.venv');
  const python =
    options.make === true
      ? {
          ...found,
          python: await makeEnvironment({
            python: found.python,
            folder,
            bundle: assets.bridge,
            environment,
            log: context.log,
            report: context.report,
            signal,
          }),
        }
      : found;
  const probe = await probePython(python, {
    bundle: assets.bridge,
    environment,
    signal,
    devices: true,
  });
  const facts = doctorFacts(probe);
  if (options.make === true && facts.length > 0) {
    const [first] = facts;
    throw new AppError(
      'trainer.depsMissing',
      sentence`The new environment cannot train: ${first?.problem ?? ''}`,
      {
        ...(first ? { hint: first.fix } : {}),
      },
    );
  }
  const lines = [
    sentence`Python ${python.version} at ${python.python}`,
    ...Object.entries(probe.packages).map(([name, version]) =>
      version === null ? sentence`${name} is missing` : sentence`${name} ${version}`,
    ),
    ...facts.map(({ problem, fix }) => sentence`no  ${problem}\n     → ${fix}`),
    facts.length === 0
      ? sentence`It can train.`
      : sentence`Or let Tailor make an environment: tailor setup --make (about ${ENVIRONMENT_SIZE.download} to download, ${ENVIRONMENT_SIZE.disk} on disk).`,
  ];
  return {
    text: joined(lines, '\n'),
    json: { ok: facts.length === 0, python: python.python, version: python.version, facts },
    exit: facts.length === 0 ? 'ok' : 'environment',
  };
}
