import { AppError } from '../../core/errors.ts';
import { sentence, type Sentence } from '../../core/sentence.ts';
import { loadRound } from '../../core/round/runRounds.ts';
import { examSets, nextStep, type RoundState } from '../../core/round/state.ts';
import type { LoopPorts } from '../../core/round/ports.ts';
import type { ExitName } from '../terminal/exitCodes.ts';
import { loopPorts } from '../session/loopPorts.ts';
import { Session, type SessionOptions, type Surroundings } from '../session/session.ts';

/** What every command gets: where it runs and which project was named. */
export interface CommandContext extends Surroundings {
  readonly options: SessionOptions;
}

/**
 * What a command says: `text` for people, in English in the terminal; `json` for machines; nothing else goes to
 * standard output.
 */
export interface CommandResult {
  readonly text: Sentence;
  readonly json: unknown;
  /** How the command ends where it answered and the answer is bad news; "ok" when absent. */
  readonly exit?: ExitName;
}

/** Opens the project, does the work and closes it again, whatever happens. */
export async function withSession<T>(
  context: CommandContext,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await Session.open(context, context.options);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** The same for work that only one process may do at a time. */
export function withLoop<T>(
  context: CommandContext,
  work: (ports: LoopPorts, session: Session) => Promise<T>,
): Promise<T> {
  return withSession(context, async (session) => {
    await session.claimRun();
    return work(loopPorts(session), session);
  });
}

/** The round a command means: the one named, else the first with something left to do. */
export async function currentRound(session: Session, named: number | undefined): Promise<number> {
  const { store, rounds } = session;
  const known = await store.rounds();
  if (named !== undefined) {
    if (named > 0 && !known.includes(named) && !(await store.state(named - 1))?.training?.student) {
      throw new AppError('round.notReady', sentence`Round ${named} has not begun.`, {
        hint: sentence`See where the project stands: tailor status.`,
      });
    }
    return named;
  }
  const extra = Object.keys(store.project.data.extra);
  for (let round = 0; round <= rounds; round += 1) {
    const state = await store.state(round);
    const isLast = round === rounds;
    if (!state || nextStep(state, examSets(extra, isLast), isLast) !== null) return round;
  }
  return rounds;
}

export async function currentState(
  ports: LoopPorts,
  session: Session,
  named: number | undefined,
): Promise<RoundState> {
  return loadRound(ports, await currentRound(session, named));
}
