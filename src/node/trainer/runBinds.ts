import type { Clock } from '../../core/ports.ts';
import { checkpointSteps } from './checkpoints.ts';
import { runPaths } from './runFolder.ts';
import { readRunState } from './runState.ts';
import { mayStillAppear } from './mayStillAppear.ts';

/**
 * Whether a run is more than a folder: it is alive, or may be, or done, or has a checkpoint that it can go on from. One
 * that is none of it has trained nothing that would be lost.
 */
export async function runBinds(folder: string, runId: string, clock: Clock): Promise<boolean> {
  const state = await readRunState(runPaths(folder), runId);
  if (state.status !== 'new' && state.status !== 'ended') return true;
  return mayStillAppear(state, clock.now()) || (await checkpointSteps(folder)).length > 0;
}
