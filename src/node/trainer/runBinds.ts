import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/ports.ts';
import { systemCode, translating } from '../storage/storeError.ts';
import { runPaths } from './runFolder.ts';
import { readRunState } from './runState.ts';
import { mayStillAppear } from './startAttempt.ts';

/**
 * Whether a run is more than a folder: it is alive, or may be, or done, or has a checkpoint that it can go on from. One
 * that is none of it has trained nothing that would be lost.
 */
export async function runBinds(folder: string, runId: string, clock: Clock): Promise<boolean> {
  const state = await readRunState(runPaths(folder), runId);
  if (state.status !== 'new' && state.status !== 'ended') return true;
  return mayStillAppear(state, clock.now()) || (await hasCheckpoint(folder));
}

/** As the trainer tells a whole checkpoint: by the file that it writes last. */
async function hasCheckpoint(folder: string): Promise<boolean> {
  const checkpoints = join(folder, 'checkpoints');
  const names = await translating(checkpoints, () =>
    readdir(checkpoints).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }),
  );
  for (const name of names.filter((one) => one.startsWith('step-'))) {
    const isWhole = await stat(join(checkpoints, name, 'COMMITTED')).then(
      () => true,
      () => false,
    );
    if (isWhole) return true;
  }
  return false;
}
