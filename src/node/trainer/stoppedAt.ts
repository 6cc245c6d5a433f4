import { checkpointSteps } from './checkpoints.ts';
import { listRuns } from './listRuns.ts';
import { runPaths } from './runFolder.ts';
import { readRunState } from './runState.ts';

/** Where a training that was stopped goes on from. */
export interface StoppedAt {
  readonly step: number;
  /** All steps of the run. */
  readonly steps: number;
}

/** The last checkpoint of the round's newest run, where that has ended and is not done; null otherwise. */
export async function stoppedAt(root: string, round: number): Promise<StoppedAt | null> {
  const run = (await listRuns(root)).findLast((one) => one.round === round);
  if (run === undefined || run.state === 'done') return null;
  const { status, steps } = await readRunState(runPaths(run.folder), run.runId);
  const step = (await checkpointSteps(run.folder)).at(-1);
  return status !== 'ended' || step === undefined || steps === null ? null : { step, steps };
}
