import { access, constants, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { freemem, totalmem } from 'node:os';
import { AppError, isAppError, textOf } from '../../core/errors.ts';
import { figures } from '../../core/figures.ts';
import { joined, sentence, type Sentence, type Text } from '../../core/sentence.ts';
import { loadProject } from '../project/loadProject.ts';
import type { Fit } from '../python/fit.ts';
import { doctorFacts, probePython, type FitQuestion } from '../python/probe.ts';
import { loadProfiles, profilesPath } from '../teacher/profiles.ts';
import type { CommandContext, CommandResult } from './context.ts';
import { fitLines } from './estimateTraining.ts';
import { trainerPython } from './trainerPython.ts';

interface Finding {
  readonly what: Text;
  readonly ok: boolean;
  readonly says: Text;
  readonly fix?: Text;
}

/** `tailor doctor`: what this computer has for exams, teaching and training, and what to do about what it lacks. */
export async function doctor(context: CommandContext): Promise<CommandResult> {
  const findings = [
    await finding('Node', () =>
      Promise.resolve(sentence`${process.versions.node} on ${process.platform}-${process.arch}`),
    ),
    await finding(sentence`exam engine`, () => engineFinding(context)),
    await finding(sentence`memory`, () =>
      Promise.resolve(sentence`${gigabytes(freemem())} of ${gigabytes(totalmem())} GB free`),
    ),
    await finding(sentence`teacher profiles`, async () => {
      const path = profilesPath(context.environment);
      const names = (await loadProfiles(path)).map(({ name }) => name);
      const known = [sentence`programmatic (built in)`, ...names];
      return sentence`${joined(known, ', ')}; yours go to ${path}`;
    }),
    ...(await trainerFindings(context)),
  ];
  const lines = findings.map(({ what, ok, says, fix }) => {
    const found = ok ? sentence`ok  ${what}: ${says}` : sentence`no  ${what}: ${says}`;
    return fix === undefined ? found : joined([found, fix], '\n     → ');
  });
  const bad = findings.filter(({ ok }) => !ok).length;
  const end =
    bad === 0 ? sentence`Everything the loop needs is here.` : sentence`${bad} things are missing.`;
  return {
    text: joined([...lines, end], '\n'),
    json: { ok: bad === 0, findings },
    exit: bad === 0 ? 'ok' : 'environment',
  };
}

async function engineFinding({ assets }: CommandContext): Promise<Text> {
  await access(assets.engine, constants.R_OK).catch(() => {
    throw new AppError('student.unsupported', sentence`the engine bundle is missing`, {
      hint: sentence`Build it: npm run build.`,
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
      sentence`onnxruntime has no build for ${process.platform}-${process.arch}`,
      {
        hint: sentence`Run exams on Linux, Windows or Apple silicon.`,
      },
    );
  });
  return 'onnxruntime 1.30.0, CPU';
}

async function trainerFindings(context: CommandContext): Promise<Finding[]> {
  try {
    const python = await trainerPython(context);
    const probe = await probePython(python, {
      bundle: context.assets.bridge,
      environment: context.environment,
      signal: context.signal,
      devices: true,
      fit: await fitQuestion(context),
    });
    const found = {
      what: 'Python',
      ok: true,
      says: sentence`${python.version} at ${python.python}`,
    };
    const problems = doctorFacts(probe).map(({ problem, fix }) => ({
      what: sentence`trainer`,
      ok: false,
      says: problem,
      fix,
    }));
    return [
      found,
      ...(problems.length > 0
        ? problems
        : [{ what: sentence`trainer`, ok: true, says: sentence`all packages are there` }]),
      ...(probe.fit ? [fitFinding(probe.fit)] : []),
    ];
  } catch (error) {
    return [asFinding('Python', error)];
  }
}

/** What the project would train, where there is one; its rows as long as they may get. */
async function fitQuestion(context: CommandContext): Promise<FitQuestion | undefined> {
  const project = await loadProject(context.options.folder).catch(() => undefined);
  if (project === undefined) return undefined;
  const { training, student } = project.file;
  const { processes = 1, machines = 1, accelerate } = training.launch ?? {};
  return {
    student: join(project.root, student),
    mode: training.mode,
    maxLen: training.maxLen,
    tokenBudget: training.optim.tokenBudget,
    precision: training.precision,
    gradCheckpoint: training.gradCheckpoint,
    processes,
    machines,
    accelerate: accelerate === undefined ? null : join(project.root, accelerate),
  };
}

function fitFinding(fit: Fit): Finding {
  const ok = fit.modes[fit.mode].fits !== 'no';
  return {
    what: sentence`training in memory`,
    ok,
    says: joined(fitLines(fit), '\n     '),
    ...(ok
      ? {}
      : {
          fix: sentence`Choose training.mode lora or qlora, training.gradCheckpoint, or a smaller optim.tokenBudget.`,
        }),
  };
}

async function finding(what: Text, look: () => Promise<Text>): Promise<Finding> {
  try {
    return { what, ok: true, says: await look() };
  } catch (error) {
    return asFinding(what, error);
  }
}

function asFinding(what: Text, error: unknown): Finding {
  if (isAppError(error, 'cancelled')) throw error;
  const fix = isAppError(error) ? error.said.hint : undefined;
  return { what, ok: false, says: textOf(error), ...(fix === undefined ? {} : { fix }) };
}

const gigabytes = (bytes: number): Sentence => figures((bytes / 2 ** 30).toFixed(1));
