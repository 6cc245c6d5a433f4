import { AppError } from '../../core/errors.ts';
import { joined, sentence } from '../../core/sentence.ts';
import { requestStop } from '../trainer/stopRun.ts';
import { loadProject } from '../project/loadProject.ts';
import { readOpenRuns, type OpenRun } from '../project/roundFacts.ts';
import type { CommandContext, CommandResult } from './context.ts';

/** `tailor stop`: asks the project's running training for a checkpoint and an end; a second call ends it at once. */
export async function stop(
  context: CommandContext,
  options: { readonly now?: boolean } = {},
): Promise<CommandResult> {
  const { clock } = context;
  const { root } = await loadProject(context.options.folder);
  const stopped: OpenRun[] = [];
  for (const run of await readOpenRuns(root, { clock })) {
    if (run.status !== 'running') continue;
    if (await requestStop(run.folder, run.runId, { clock, now: options.now === true }))
      stopped.push(run);
  }
  if (stopped.length === 0) {
    throw new AppError('trainer.notRunning', sentence`No training of this project is running.`, {
      hint: sentence`An exam or a teaching run is stopped where it was started, with Ctrl-C.`,
    });
  }
  const lines = stopped.map(
    ({ round, runId }) => sentence`Asked run ${runId} of round ${round} to stop.`,
  );
  const end = sentence`It writes a checkpoint first; tailor train resumes it from there.`;
  return { text: joined([...lines, end], '\n'), json: { stopped } };
}
