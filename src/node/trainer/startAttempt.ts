import { randomBytes } from 'node:crypto';
import { AppError, isAppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Clock, Log, Signal } from '../../core/ports.ts';
import { acquireLock } from '../storage/lock.ts';
import { thisHost } from '../storage/processIdentity.ts';
import type { ExitFacts } from './classify.ts';
import { launchAttempt, type TrainerCommand } from './launch.ts';
import { mayStillAppear, UNNOTED_MS } from './mayStillAppear.ts';
import { isGroupRunning } from './processGroup.ts';
import { clearStaleRequests, sizeOf, type RunPaths } from './runFolder.ts';
import { readRunState, type RunState } from './runState.ts';

export interface StartParts {
  readonly paths: RunPaths;
  readonly runId: string;
  readonly locksFolder: string;
  /** Asked only when an attempt is started. */
  readonly command: () => TrainerCommand;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: Signal;
  /** Only joins a run that is alive or done. */
  readonly attachOnly: boolean;
}

export interface Started {
  readonly state: RunState;
  /** Only for a process that this call started. */
  readonly exit: Promise<ExitFacts> | null;
}

const RETRY_MS = 100;
/** How long another host may hold the lock of the start, and an ended attempt may take to leave the process table. */
const PATIENCE_MS = 15_000;

/**
 * Brings a run to life where it is not: returns the running or finished state, or starts the next attempt. Only the
 * start is under the run's lock; afterwards launch.json names the process, which is what keeps a second host from
 * starting another one.
 */
export async function ensureStarted(parts: StartParts): Promise<Started> {
  const { paths, runId, clock, signal } = parts;
  for (let waited = 0; ; waited += RETRY_MS) {
    const state = await readRunState(paths, runId);
    refuseElsewhere(state, paths);
    if (state.status === 'done' || state.status === 'running') return { state, exit: null };
    if (parts.attachOnly) throw notRunning(runId);
    try {
      return await startUnderLock(parts);
    } catch (error) {
      if (!isAppError(error, 'lock.held') || waited >= PATIENCE_MS) throw error;
    }
    await clock.sleep(RETRY_MS, signal);
  }
}

function notRunning(runId: string): AppError {
  return new AppError('trainer.notRunning', sentence`The training run ${runId} is not running.`, {
    hint: sentence`Train again to resume it from its last checkpoint.`,
  });
}

function refuseElsewhere(state: RunState, paths: RunPaths): void {
  if (state.status !== 'elsewhere') return;
  throw new AppError(
    'lock.otherHost',
    sentence`This run was started on ${state.host ?? sentence`another computer`} and has not said that it ended.`,
    {
      hint: sentence`Continue it there. If it surely no longer runs there, delete ${paths.launch} and run again.`,
      detail: { host: state.host, attempt: state.attempt },
    },
  );
}

async function startUnderLock(parts: StartParts): Promise<Started> {
  const { paths, runId, clock, log } = parts;
  const lock = await acquireLock(parts.locksFolder, `train-${runId}`, { clock });
  try {
    const state = await settled(parts);
    refuseElsewhere(state, paths);
    if (state.status === 'done' || state.status === 'running') return { state, exit: null };
    const attempt = state.attempt + 1;
    if (attempt > 1) log.info(`Resuming run ${runId} as attempt ${attempt}.`);
    await clearStaleRequests(paths, attempt);
    if (!(await lock.stillOwner())) {
      throw new AppError('lock.lost', sentence`Another process took over the start of this run.`, {
        hint: sentence`Run again to follow it.`,
      });
    }
    const { exit } = await launchAttempt(paths, parts.command(), parts.environment, {
      v: 1,
      attempt,
      nonce: randomBytes(16).toString('hex'),
      lockGeneration: lock.generation,
      host: thisHost(),
      at: new Date(clock.now()).toISOString(),
      logOffset: await sizeOf(paths.log),
    });
    return { state: await readRunState(paths, runId), exit };
  } finally {
    await lock.release();
  }
}

/** Waits until an ended attempt has left the process table, and until a start that nobody noted has shown itself. */
async function settled(parts: StartParts): Promise<RunState> {
  const { paths, runId, clock, signal } = parts;
  for (let waited = 0; ; waited += RETRY_MS) {
    const state = await readRunState(paths, runId);
    if (state.status !== 'ended') return state;
    const leaving =
      state.process !== null && (await isGroupRunning(state.process, state.workerPid));
    if (!leaving && !mayStillAppear(state, clock.now())) return state;
    if (waited >= Math.max(PATIENCE_MS, UNNOTED_MS)) {
      if (!leaving) return state;
      throw new AppError(
        'lock.held',
        sentence`The last attempt of this run has not left the computer yet.`,
        {
          hint: sentence`Run again in a moment.`,
          detail: { pid: state.process.pid },
        },
      );
    }
    await clock.sleep(RETRY_MS, signal);
  }
}
