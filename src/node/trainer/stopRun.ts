import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Clock, Log } from '../../core/ports.ts';
import { thisHost } from '../storage/processIdentity.ts';
import { signalGroup } from './processGroup.ts';
import { runPaths, writeCancel, type RunPaths } from './runFolder.ts';
import { readRunState, type RunState } from './runState.ts';
import { StopLadder, type StopTimings } from './stopLadder.ts';

export interface LadderOfRun {
  readonly paths: RunPaths;
  readonly state: RunState;
  readonly clock: Clock;
  readonly log: Log;
  readonly timings: StopTimings;
  readonly workerPid: () => number | null;
  readonly isSaving: () => boolean;
  /** Called before the first signal is sent. */
  readonly onSignal: () => void;
}

/** The ladder that stops one attempt. A request that cannot be written (full disk) is made by SIGTERM instead. */
export function ladderFor(run: LadderOfRun): StopLadder {
  return new StopLadder({
    clock: run.clock,
    timings: run.timings,
    isSaving: run.isSaving,
    requestCancel: async () => {
      try {
        return await request(run.paths, run.state.attempt, run.clock);
      } catch (error) {
        run.log.warn(`The request to stop could not be written: ${String(error)}`);
        return false;
      }
    },
    signalGroup: async (signal) => {
      run.onSignal();
      run.log.warn(`The trainer has not stopped: sending ${signal} to its process group.`);
      return run.state.process === null
        ? false
        : await signalGroup(run.state.process, run.workerPid(), signal);
    },
  });
}

function request(paths: RunPaths, attempt: number, clock: Clock): Promise<boolean> {
  return writeCancel(paths, {
    attempt,
    mode: 'checkpoint',
    at: new Date(clock.now()).toISOString(),
    by: `host ${thisHost()} process ${process.pid}`,
  });
}

/**
 * Asks a run to stop from a window or command that does not follow it. The first request lets it write a checkpoint;
 * a second one, or `now`, sends SIGTERM at once. Resolves when the request is made, not when the run has ended;
 * false when there is nothing to stop.
 */
export async function requestStop(
  runFolder: string,
  runId: string,
  options: { readonly clock: Clock; readonly now?: boolean },
): Promise<boolean> {
  const paths = runPaths(runFolder);
  const state = await readRunState(paths, runId);
  if (state.status === 'elsewhere') {
    throw new AppError(
      'lock.otherHost',
      sentence`This run belongs to ${state.host ?? sentence`another computer`}.`,
      {
        hint: sentence`Stop it there.`,
        detail: { host: state.host },
      },
    );
  }
  if (state.status !== 'running' || state.process === null) return false;
  const first = await request(paths, state.attempt, options.clock);
  if (first && options.now !== true) return true;
  return await signalGroup(state.process, state.workerPid, 'SIGTERM');
}
