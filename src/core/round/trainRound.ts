import { AppError } from '../errors.ts';
import { sentence } from '../sentence.ts';
import { sha256Json } from '../hash.ts';
import { PROMPT_FORM } from '../exam/promptForm.ts';
import type { Manifest } from './frozen.ts';
import { DEFAULT_LR, type RunConfig } from '../training/run.ts';
import type { ProjectFile } from '../project/projectFile.ts';
import { probesFor } from './probes.ts';
import { verifyFrozen } from './verifyFrozen.ts';
import type { LoopPorts } from './ports.ts';
import { reduceRound, type RoundState } from './state.ts';

/** What one round's run.json says, ids aside: everything that decides the student that comes out. */
function recipe(project: ProjectFile, manifest: Manifest, model: RunConfig['model']) {
  const { objective, optim, from, maxLen, mode, lora, precision, gradCheckpoint } =
    project.training;
  return {
    v: 1,
    model,
    init: from,
    promptForm: PROMPT_FORM,
    mode,
    ...(mode === 'full' ? {} : { lora }),
    objective,
    optim: { ...optim, lr: optim.lr ?? DEFAULT_LR[mode] },
    precision,
    gradCheckpoint,
    seed: project.seed,
    maxLen,
    data: { rows: manifest.rows, sha256: manifest.trainSha256 },
  } as const;
}

/**
 * The training step. The run's id is a hash of its recipe: the same frozen set and settings always name the same run,
 * which is started, followed, resumed or found done.
 */
export async function trainRound(
  ports: LoopPorts,
  initial: RoundState,
  options: { detachOnAbort?: boolean } = {},
): Promise<RoundState> {
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
  const made = recipe(project, manifest, model);
  const suffix = sha256Json(made).slice(0, 10);
  const runId = `r${round}-${suffix}`;
  const student = store.studentFolder(`round-${round + 1}-${suffix}`);
  const config: RunConfig = {
    ...made,
    runId,
    data: { ...made.data, path: store.absolute(`rounds/${round}/train.jsonl`) },
    save: { everySteps: 100, keep: 2 },
    export: {
      path: student.absolute,
      studentId: `round-${round + 1}-${suffix}`,
      dtype: made.mode === 'full' ? 'float32' : 'base',
    },
    threads: null,
    device: 'auto',
    ...(await probesFor(store, round)),
  };
  let state = reduceRound(initial, { type: 'training-started', runId });
  await store.saveState(state);
  await ports.trainer.run(store.runFolder(round, runId), config, {
    signal: ports.signal,
    report: ports.report,
    detachOnAbort: options.detachOnAbort ?? false,
  });
  const { digest } = await ports.student.identify(student.absolute);
  state = reduceRound(state, {
    type: 'trained',
    runId,
    student: { path: student.relative, digest },
  });
  await store.saveState(state);
  return state;
}

/** The base student, or the one that sat this round's exam; its files must still be what they were then. */
async function startingPoint(ports: LoopPorts, state: RoundState): Promise<RunConfig['model']> {
  const { store } = ports;
  const fromLast = store.project.training.from === 'last';
  const path = store.absolute(fromLast ? state.student.path : store.project.student);
  const { digest } = await ports.student.identify(path);
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
