import { AppError } from '../../core/errors.ts';
import { requestStop } from '../trainer/stopRun.ts';
import { inspectRun } from '../trainer/trainerRun.ts';
import { withSession, type CommandContext, type CommandResult } from './context.ts';

/** A training run of a project that its round still waits for. */
export interface OpenRun {
  readonly round: number;
  readonly runId: string;
  readonly folder: string;
}

/** `tailor stop`: asks the project's running training for a checkpoint and an end; a second call ends it at once. */
export function stop(
  context: CommandContext,
  options: { readonly now?: boolean } = {},
): Promise<CommandResult> {
  return withSession(context, async ({ store }) => {
    const stopped: OpenRun[] = [];
    for (const round of await store.rounds()) {
      const training = (await store.state(round))?.training;
      if (!training || training.student) continue;
      const { runId } = training;
      const folder = store.runFolder(round, runId);
      const { clock } = context;
      if ((await inspectRun(folder, runId)).status !== 'running') continue;
      if (await requestStop(folder, runId, { clock, now: options.now === true })) {
        stopped.push({ round, runId, folder });
      }
    }
    if (stopped.length === 0) {
      throw new AppError('trainer.notRunning', 'No training of this project is running.', {
        hint: 'An exam or a teaching run is stopped where it was started, with Ctrl-C.',
      });
    }
    const lines = stopped.map(
      ({ round, runId }) => `Asked run ${runId} of round ${round} to stop.`,
    );
    const end = 'It writes a checkpoint first; tailor train resumes it from there.';
    return { text: [...lines, end].join('\n'), json: { stopped } };
  });
}
