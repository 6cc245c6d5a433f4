import { AppError } from '../errors.ts';
import { sentence } from '../sentence.ts';
import { sha256Json } from '../hash.ts';
import { promptFormOf } from '../exam/promptForm.ts';
import type { Manifest } from './frozen.ts';
import { DEFAULT_LR, type RunConfig } from '../training/run.ts';
import type { ProjectFile } from '../project/projectFile.ts';
import { chooseRun } from './chooseRun.ts';
import { probesFor } from './probes.ts';
import { verifyFrozen } from './verifyFrozen.ts';
import type { LoopPorts } from './ports.ts';
import { reduceRound, type RoundState } from './state.ts';

type Launch = NonNullable<ProjectFile['training']['launch']>;

/** One process needs no launcher, and names the run that it always named. */
function isGroup(launch: Launch | undefined): launch is Launch {
  return (
    launch !== undefined &&
    (launch.processes > 1 || launch.machines !== undefined || launch.accelerate !== undefined)
  );
}

/** What one round's run.json says, ids aside: everything that decides the student that comes out. */
function recipe(project: ProjectFile, manifest: Manifest, model: RunConfig['model']) {
  const { objective, optim, from, maxLen, mode, lora, precision, gradCheckpoint, launch } =
    project.training;
  return {
    v: 1,
    model,
    init: from,
    promptForm: promptFormOf(project.chat),
    ...(project.chat === undefined ? {} : { chat: project.chat }),
    mode,
    ...(mode === 'full' ? {} : { lora }),
    objective,
    optim: { ...optim, lr: optim.lr ?? DEFAULT_LR[mode] },
    precision,
    gradCheckpoint,
    seed: project.seed,
    maxLen,
    data: { rows: manifest.rows, sha256: manifest.trainSha256 },
    launch: isGroup(launch) ? launch : undefined,
  } as const;
}

/** A run that could start now: nothing is written yet. */
export interface PlannedRun {
  readonly config: RunConfig;
  /** Relative and absolute folder of the student that it makes. */
  readonly student: { readonly absolute: string; readonly relative: string };
}

/** What training a frozen round would do, with the frozen set checked. The run's id is a hash of its recipe. */
export async function planRun(
  ports: LoopPorts,
  initial: RoundState,
  fresh: boolean,
): Promise<PlannedRun> {
  const { store } = ports;
  const { project } = store;
  const round = initial.round;
  const manifest = await store.manifest(round);
  if (!manifest) {
    throw new AppError('round.notFrozen', sentence`Round ${round} is not frozen.`, {
      hint: sentence`Run tailor freeze first: only frozen sets are trained on.`,
    });
  }
  const rows = await store.frozenRows(round);
  await verifyFrozen(store, round, rows);

  const model = await startingPoint(ports, initial);
  const { launch, ...made } = recipe(project, manifest, model);
  const named = launch === undefined ? made : { ...made, launch };
  const base = nameOf(round, named);
  const absolute = { ...model, path: store.absolute(model.path) };
  // Older versions named a run by where its project lay, too.
  const older = nameOf(round, { ...named, model: absolute });
  const runId = await chooseRun(store, initial, { recipe: named, base, older, fresh });
  const studentId = `round-${round + 1}-${runId.slice(`r${round}-`.length)}`;
  const student = store.studentFolder(studentId);
  const config: RunConfig = {
    ...made,
    model: absolute,
    runId,
    data: { ...made.data, path: store.absolute(`rounds/${round}/train.jsonl`) },
    save: { everySteps: 100, keep: 2 },
    export: {
      path: student.absolute,
      studentId,
      dtype: made.mode === 'full' ? 'float32' : 'base',
    },
    threads: null,
    device: 'auto',
    ...(launch === undefined ? {} : { launch: launchOf(store, launch) }),
    ...(await probesFor(store, round)),
  };
  return { config, student };
}

const nameOf = (round: number, recipe: object): string =>
  `r${round}-${sha256Json(recipe).slice(0, 10)}`;

function launchOf(
  store: LoopPorts['store'],
  { processes, machines, accelerate }: Launch,
): NonNullable<RunConfig['launch']> {
  return {
    processes,
    ...(machines === undefined ? {} : { machines }),
    ...(accelerate === undefined ? {} : { accelerate: store.absolute(accelerate) }),
  };
}

/**
 * The training step. The same frozen set and settings always name the same run, which is started, followed, resumed or
 * found done; `fresh` begins another one and keeps that.
 */
export async function trainRound(
  ports: LoopPorts,
  initial: RoundState,
  options: { readonly fresh?: boolean } = {},
): Promise<RoundState> {
  const { store } = ports;
  const round = initial.round;
  const { config, student } = await planRun(ports, initial, options.fresh === true);
  const { runId } = config;
  let state = reduceRound(initial, { type: 'training-started', runId });
  await store.saveState(state);
  try {
    await ports.trainer.run(store.runFolder(round, runId), config, {
      signal: ports.signal,
      report: ports.report,
    });
  } catch (error) {
    // A finished student is not lost to a run of which there is nothing to go on with.
    if (!(await store.runBinds(round, runId))) {
      const seconds = await store.runSeconds(round, runId);
      state = reduceRound(state, { type: 'trained-for', runId, seconds });
      await store.saveState(reduceRound(state, { type: 'training-withdrawn', runId }));
    }
    throw error;
  }
  const { digest } = await ports.student.identify(student.absolute);
  state = reduceRound(state, {
    type: 'trained',
    runId,
    student: { path: student.relative, digest },
  });
  await store.saveState(state);
  return state;
}

/**
 * The base student, or the one that sat this round's exam; its files must still be what they were then. Its path is the
 * project's own: a run is the same wherever the project lies.
 */
async function startingPoint(ports: LoopPorts, state: RoundState): Promise<RunConfig['model']> {
  const { store } = ports;
  const fromLast = store.project.training.from === 'last';
  const path = fromLast ? state.student.path : store.project.student;
  const { digest } = await ports.student.identify(store.absolute(path));
  if (fromLast && digest !== state.student.digest) {
    throw new AppError(
      'round.changed',
      sentence`The student that sat the exam is no longer what it was.`,
      {
        hint: sentence`Restore ${state.student.path}, or delete the round's exam and run it again.`,
      },
    );
  }
  return { path, digest, trustRemoteCode: false };
}
