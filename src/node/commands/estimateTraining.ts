import { AppError, isAppError, textOf } from '../../core/errors.ts';
import { figures } from '../../core/figures.ts';
import type { LoopPorts } from '../../core/round/ports.ts';
import type { RoundState } from '../../core/round/state.ts';
import { planRun } from '../../core/round/trainRound.ts';
import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import type { RunConfig } from '../../core/training/run.ts';
import { dryRun, type DryRun } from '../python/dryRun.ts';
import type { Fit, Need } from '../python/fit.ts';
import { loopPorts } from '../session/loopPorts.ts';
import { formatDuration } from '../terminal/format.ts';
import { currentRound, withSession, type CommandContext, type CommandResult } from './context.ts';
import { refuseAfterLast, refuseBeforeExam } from './lastRound.ts';
import type { RoundOption } from './steps.ts';
import { trainerPython } from './trainerPython.ts';

/** `tailor train --dry-run`: checks everything that training would read, and says what it will take; trains nothing. */
export function estimateTraining(
  context: CommandContext,
  options: RoundOption & { readonly fresh?: boolean },
): Promise<CommandResult & { readonly json: DryRun }> {
  return withSession(context, async (session) => {
    const round = await currentRound(session, options.round);
    const state = await session.store.state(round);
    const place = { round, state, named: options.round };
    refuseAfterLast(session, place);
    refuseBeforeExam(session, place);
    if (!state) {
      throw new AppError('round.notFrozen', sentence`Round ${round} is not frozen.`, {
        hint: sentence`Run tailor freeze first: only frozen sets are trained on.`,
      });
    }
    const { config, refused } = await planToEstimate(
      loopPorts(session),
      state,
      options.fresh === true,
    );
    const python = await trainerPython(context, session.root);
    const made = await dryRun(python, context.assets.bridge, config, context.signal);
    const text = describeTraining(made);
    return { text: refused === null ? text : joined([text, refused], '\n'), json: made };
  });
}

/** What training would do; settings that only a fresh run may have are looked at all the same: nothing is trained. */
export async function planToEstimate(
  ports: LoopPorts,
  state: RoundState,
  fresh: boolean,
): Promise<{ readonly config: RunConfig; readonly refused: Sentence | null }> {
  try {
    return { ...(await planRun(ports, state, fresh)), refused: null };
  } catch (error) {
    if (!isAppError(error, 'trainer.checkpointMismatch')) throw error;
    const { config } = await planRun(ports, state, true);
    return { config, refused: sentence`${textOf(error)} Only tailor train --fresh trains this.` };
  }
}

/** The dry run in a few lines: what is trained on, memory by mode, time. */
export function describeTraining(made: DryRun): Sentence {
  const { estimate } = made;
  const { seconds } = estimate;
  const lines = [
    sentence`${made.steps} steps over ${made.rows} rationales; the longest packed row has ${estimate.longestRow} tokens. ${made.droppedCount} rationales are left out.`,
    estimate.processes === 1
      ? sentence`Trained: ${millions(estimate.trainable)} of ${millions(made.parameters)} million parameters, in 1 process.`
      : sentence`Trained: ${millions(estimate.trainable)} of ${millions(made.parameters)} million parameters, in ${estimate.processes} processes.`,
    ...fitLines(estimate),
    sentence`Time: roughly ${formatDuration(seconds.low)} to ${formatDuration(seconds.high)}. The run itself tells better after its first steps.`,
    ...made.warnings,
  ];
  return joined(lines, '\n');
}

/** The device, and a line for every mode; the chosen one is marked. */
export function fitLines({ device, modes, mode }: Fit): Sentence[] {
  const { availableMB } = device;
  const has =
    availableMB === null
      ? sentence`${device.name}: memory unknown.`
      : sentence`${device.name}: ${gigabytes(availableMB)} GB for each process.`;
  const ofMode = (name: 'full' | 'lora' | 'qlora'): Sentence => {
    const line = sentence`mode ${name}: ${span(modes[name])} GB, ${FITS[modes[name].fits]}`;
    return name === mode ? sentence`${line} (chosen)` : line;
  };
  return [has, ofMode('full'), ofMode('lora'), ofMode('qlora')];
}

const FITS: Readonly<Record<Need['fits'], Sentence>> = {
  yes: sentence`fits`,
  no: sentence`does not fit`,
  perhaps: sentence`may fit`,
  unknown: sentence`nobody knows whether it fits`,
};

const span = ({ low, high }: Need): Sentence => figures(`${tenths(low)}–${tenths(high)}`);
const gigabytes = (mb: number): Sentence => figures(tenths(mb));
const tenths = (mb: number): string => (mb / 1000).toFixed(1);
const millions = (count: number): Sentence => figures((count / 1e6).toPrecision(3));
