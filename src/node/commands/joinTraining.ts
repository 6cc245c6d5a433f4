import { execa } from 'execa';
import { AppError, cancelled } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { childEnvironment } from '../childEnvironment.ts';
import { bridgeCommand } from '../python/bridge.ts';
import { currentRound, withSession, type CommandContext, type CommandResult } from './context.ts';
import type { RoundOption } from './steps.ts';
import { trainerPython } from './trainerPython.ts';

/** The exit code of a run that was asked to stop. */
const STOPPED = 3;
/** The trainer keeps its work before it ends. */
const KILL_AFTER_MS = 60_000;

/**
 * `tailor train --join K`: this computer's processes in a training that another one leads, with `tailor train` in the
 * same project on a disk that both see. Waits for it to begin, and ends as it ends.
 */
export function joinTraining(
  context: CommandContext,
  options: RoundOption & { readonly join: number },
): Promise<CommandResult> {
  return withSession(context, async (session) => {
    const { join: machine } = options;
    const machines = session.store.project.training.launch?.machines ?? 1;
    if (machine < 1 || machine >= machines) {
      throw new AppError(
        'usage',
        sentence`The project trains on ${machines} computers: there is no machine ${machine} to join as.`,
        {
          hint: sentence`Say "training": { "launch": { "machines": N } } in tailor.json, and join as 1 to N - 1.`,
        },
      );
    }
    const round = await currentRound(session, options.round);
    const trained = (await session.store.state(round))?.training?.student;
    if (trained) {
      return {
        text: sentence`Round ${round} is trained already: there is nothing to join.`,
        json: { round, machine },
      };
    }
    const python = await trainerPython(context, session.root);
    const runs = session.store.absolute(`rounds/${round}/runs`);
    const args = ['join', '--runs', runs, '--machine', String(machine)];
    const { file, args: argv, cwd } = bridgeCommand(python, context.assets.bridge, args);
    const abort = new AbortController();
    const onAbort = (): void => abort.abort();
    context.signal.addEventListener('abort', onAbort);
    if (context.signal.aborted) abort.abort();
    try {
      const child = execa(file, argv, {
        cwd,
        env: childEnvironment(context.environment),
        extendEnv: false,
        stdin: 'ignore',
        stdout: 'ignore',
        reject: false,
        buffer: false,
        forceKillAfterDelay: KILL_AFTER_MS,
        cancelSignal: abort.signal,
        windowsHide: true,
      });
      for await (const line of child.iterable({ from: 'stderr' })) context.log.info(line);
      const { exitCode, isCanceled } = await child;
      if (isCanceled || exitCode === STOPPED) throw cancelled();
      if (exitCode !== 0) {
        throw new AppError(
          'trainer.crashed',
          sentence`The training that this computer joined ended with an error.`,
          {
            hint: sentence`Its first machine says which; joining again waits for its next start.`,
            detail: { exitCode },
          },
        );
      }
    } finally {
      context.signal.removeEventListener('abort', onAbort);
    }
    return {
      text: sentence`The training of round ${round} that this computer joined as machine ${machine} is done.`,
      json: { round, machine },
    };
  });
}
