import { join } from 'node:path';
import { AppError, cancelled, isAppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Clock, Log } from '../../core/ports.ts';
import type { RunConfig } from '../../core/training/run.ts';
import type { Trainer, TrainingResult } from '../../core/training/trainer.ts';
import { childEnvironment } from '../childEnvironment.ts';
import { bridgeCommand } from '../python/bridge.ts';
import type { PythonEnvironment } from '../python/findPython.ts';
import { verifyArtifacts } from './artifacts.ts';
import { explainEnd } from './explainEnd.ts';
import { Follower, type FollowTimings } from './follow.ts';
import type { TrainerCommand } from './launch.ts';
import { STARTING } from './progressOf.ts';
import { ensureRunConfig, readCancel, runPaths, type RunPaths } from './runFolder.ts';
import { readRunState, type RunState } from './runState.ts';
import { SILENCE_MS } from './silence.ts';
import { ensureStarted, type Started } from './startAttempt.ts';
import { STOP_TIMINGS, type StopLadder, type StopTimings } from './stopLadder.ts';
import { ladderFor } from './stopRun.ts';

export interface TrainerTimings extends FollowTimings {
  readonly stop: StopTimings;
}

export const TRAINER_TIMINGS: TrainerTimings = {
  helloMs: 60_000,
  pollMs: 100,
  aliveMs: 500,
  silenceMs: SILENCE_MS,
  stop: STOP_TIMINGS,
};

export interface CreateTrainer {
  /** Null where no run is to be started (`attachOnly`). */
  readonly python: PythonEnvironment | null;
  /** The folder that holds the package tailor_bridge. */
  readonly bundle: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The project's .tailor folder: locks of starts live there. */
  readonly projectTailorFolder: string;
  /** Variables that the person added to the allow-list in their own settings. */
  readonly extraVariables?: readonly string[];
  readonly timings?: Partial<TrainerTimings>;
  /** What to start for a run folder; the bundled trainer unless a test says otherwise. */
  readonly command?: (runFolder: string) => TrainerCommand;
}

type Hooks = Parameters<Trainer['run']>[2];

/** The trainer as a detached Python process whose run folder is the protocol. */
export function createTrainer(options: CreateTrainer): Trainer {
  return new TrainerRun(options);
}

class TrainerRun implements Trainer {
  readonly #options: CreateTrainer;
  readonly #timings: TrainerTimings;

  constructor(options: CreateTrainer) {
    this.#options = options;
    this.#timings = { ...TRAINER_TIMINGS, ...options.timings };
  }

  async run(runFolder: string, config: RunConfig, hooks: Hooks): Promise<TrainingResult> {
    const paths = runPaths(runFolder);
    if (hooks.signal.aborted) throw cancelled();
    await ensureRunConfig(paths, config);
    for (;;) {
      hooks.report(STARTING);
      const started = await ensureStarted(this.#startParts(paths, config, hooks));
      const { done, attempt } = started.state;
      if (done !== null) return await finish(paths, config, done, hooks);
      const stopping = started.exit === null && (await readCancel(paths))?.attempt === attempt;
      try {
        return await this.#follow(paths, config, hooks, started);
      } catch (error) {
        // It was asked to stop before anyone here came to it: whoever starts it now wants it to go on.
        const goesOn = stopping && hooks.attachOnly !== true && !hooks.signal.aborted;
        if (!goesOn || !isAppError(error, 'trainer.cancelled')) throw error;
        this.#options.log.info(`Attempt ${attempt} has stopped as it was asked to; going on.`);
      }
    }
  }

  #startParts(paths: RunPaths, config: RunConfig, hooks: Hooks) {
    const { clock, log, projectTailorFolder, extraVariables } = this.#options;
    return {
      paths,
      runId: config.runId,
      locksFolder: join(projectTailorFolder, 'locks'),
      command: () => this.#command(paths.folder),
      environment: childEnvironment(process.env, extraVariables),
      clock,
      log,
      signal: hooks.signal,
      attachOnly: hooks.attachOnly === true,
    };
  }

  #command(folder: string): TrainerCommand {
    const { command, python, bundle } = this.#options;
    if (command) return command(folder);
    if (python) return bridgeCommand(python, bundle, ['train', '--run', folder]);
    throw new AppError(
      'unexpected',
      sentence`A trainer that may only be joined was to be started.`,
    );
  }

  async #follow(
    paths: RunPaths,
    config: RunConfig,
    hooks: Hooks,
    { state, exit }: Started,
  ): Promise<TrainingResult> {
    const follower = this.#followerOf(paths, config, hooks, state, exit);
    const ended = new AbortController();
    const detached = hooks.detachOnAbort === true;
    let signalled = false;
    const onAbort = (): void => {
      if (detached) {
        follower.leave();
        return;
      }
      const ladder = this.#ladder(paths, state, follower, () => (signalled = true));
      void ladder.climb(ended.signal);
    };
    hooks.signal.addEventListener('abort', onAbort);
    if (hooks.signal.aborted) onAbort();
    try {
      const outcome = await follower.untilEnd();
      if (outcome.kind === 'terminal' && outcome.event.type === 'done') {
        return await finish(paths, config, outcome.event, hooks);
      }
      throw await explainEnd({
        paths,
        attempt: state.attempt,
        logOffset: state.launch?.logOffset ?? 0,
        outcome,
        saidHello: follower.saidHello,
        askedToStop: hooks.signal.aborted,
        signalled,
        clock: this.#options.clock,
      });
    } finally {
      ended.abort();
      hooks.signal.removeEventListener('abort', onAbort);
    }
  }

  #followerOf(
    paths: RunPaths,
    config: RunConfig,
    hooks: Hooks,
    state: RunState,
    exit: Started['exit'],
  ): Follower {
    if (state.process === null) {
      throw new AppError('trainer.protocol', sentence`The running trainer cannot be identified.`, {
        detail: { file: paths.launch },
      });
    }
    return new Follower({
      paths,
      runId: config.runId,
      attempt: state.attempt,
      process: state.process,
      exit,
      historyEndsAt: state.lastLineAt,
      clock: this.#options.clock,
      log: this.#options.log,
      timings: this.#timings,
      report: hooks.report,
      onEvent: (event) => hooks.onEvent?.(event),
    });
  }

  #ladder(paths: RunPaths, state: RunState, follower: Follower, onSignal: () => void): StopLadder {
    return ladderFor({
      paths,
      state,
      clock: this.#options.clock,
      timings: this.#timings.stop,
      workerPid: () => follower.workerPid,
      isSaving: () => follower.isSaving,
      onSignal,
      log: this.#options.log,
    });
  }
}

async function finish(
  paths: RunPaths,
  config: RunConfig,
  done: TrainingResult['done'],
  hooks: Hooks,
): Promise<TrainingResult> {
  if (hooks.signal.aborted) throw cancelled();
  await verifyArtifacts(done, paths.folder, config.export.path, hooks.signal);
  return { student: config.export.path, done };
}

/** What a run folder says about its run, for lists and for the command line; nothing is started or touched. */
export async function inspectRun(runFolder: string, runId: string): Promise<RunState> {
  return await readRunState(runPaths(runFolder), runId);
}
