import { access, constants, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { freemem, totalmem } from 'node:os';
import { AppError, isAppError } from '../../core/errors.ts';
import { findPython } from '../python/findPython.ts';
import { doctorFacts, probePython } from '../python/probe.ts';
import { loadProfiles, profilesPath } from '../teacher/profiles.ts';
import type { CommandContext, CommandResult } from './context.ts';

interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly says: string;
  readonly fix?: string;
}

/** `tailor doctor`: what this computer has for exams, teaching and training, and what to do about what it lacks. */
export async function doctor(context: CommandContext): Promise<CommandResult> {
  const findings = [
    await finding('Node', () =>
      Promise.resolve(`${process.versions.node} on ${process.platform}-${process.arch}`),
    ),
    await finding('exam engine', () => engineFinding(context)),
    await finding('memory', () =>
      Promise.resolve(`${gigabytes(freemem())} of ${gigabytes(totalmem())} GB free`),
    ),
    await finding('teacher profiles', async () => {
      const path = profilesPath(context.environment);
      const names = (await loadProfiles(path)).map(({ name }) => name);
      return `programmatic (built in)${names.length > 0 ? `, ${names.join(', ')}` : ''}; yours go to ${path}`;
    }),
    ...(await trainerFindings(context)),
  ];
  const lines = findings.map(
    ({ what, ok, says, fix }) =>
      `${ok ? 'ok ' : 'no '} ${what}: ${says}${fix === undefined ? '' : `\n     → ${fix}`}`,
  );
  const bad = findings.filter(({ ok }) => !ok).length;
  const end = bad === 0 ? 'Everything the loop needs is here.' : `${bad} things are missing.`;
  return {
    text: [...lines, end].join('\n'),
    json: { ok: bad === 0, findings },
    exit: bad === 0 ? 'ok' : 'environment',
  };
}

async function engineFinding({ assets }: CommandContext): Promise<string> {
  await access(assets.engine, constants.R_OK).catch(() => {
    throw new AppError('student.unsupported', 'the engine bundle is missing', {
      hint: 'Build it: npm run build.',
    });
  });
  const binary = join(
    assets.installation,
    'node_modules/onnxruntime-node/bin/napi-v6',
    process.platform,
    process.arch,
  );
  await stat(binary).catch(() => {
    throw new AppError(
      'student.unsupported',
      `onnxruntime has no build for ${process.platform}-${process.arch}`,
      {
        hint: 'Run exams on Linux, Windows or Apple silicon.',
      },
    );
  });
  return 'onnxruntime 1.30.0, CPU';
}

async function trainerFindings(context: CommandContext): Promise<Finding[]> {
  try {
    const python = await findPython({
      named: context.python,
      environment: context.environment,
      installation: context.assets.installation,
      confirm: context.confirmPython,
      signal: context.signal,
    });
    const probe = await probePython(python, {
      bundle: context.assets.bridge,
      environment: context.environment,
      signal: context.signal,
      devices: true,
    });
    const found = { what: 'Python', ok: true, says: `${python.version} at ${python.python}` };
    const problems = doctorFacts(probe).map(({ problem, fix }) => ({
      what: 'trainer',
      ok: false,
      says: problem,
      fix,
    }));
    return [
      found,
      ...(problems.length > 0
        ? problems
        : [{ what: 'trainer', ok: true, says: 'all packages are there' }]),
    ];
  } catch (error) {
    return [asFinding('Python', error)];
  }
}

async function finding(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, ok: true, says: await look() };
  } catch (error) {
    return asFinding(what, error);
  }
}

function asFinding(what: string, error: unknown): Finding {
  if (isAppError(error, 'cancelled')) throw error;
  const says = error instanceof Error ? error.message : String(error);
  const fix = isAppError(error) ? error.hint : undefined;
  return { what, ok: false, says, ...(fix === undefined ? {} : { fix }) };
}

const gigabytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
