import { AppError } from '../../core/errors.ts';
import { examSets, nextStep, type RoundState } from '../../core/round/state.ts';
import type { Step } from '../../core/round/step.ts';
import { sentence } from '../../core/sentence.ts';
import type { Session } from '../session/session.ts';

/** Where a command stands that teaches, freezes or trains. */
interface Place {
  readonly round: number;
  readonly state: RoundState | null;
  /** The round that a person named, if any. */
  readonly named: number | undefined;
}

/**
 * Refuses a step of the last round: nothing is taught after its exam, and each step's own refusal would only name
 * another one that leads no further. A person who has examined the training questions all the same may go on by name.
 */
export function refuseAfterLast(
  { rounds, store }: Pick<Session, 'rounds' | 'store'>,
  { round, state, named }: Place,
): void {
  if (round < rounds || state?.frozen) return;
  if (named !== undefined && state?.exams['train'] !== undefined) return;
  const hint = sentence`To go on, raise "rounds" in tailor.json (now ${rounds}).`;
  throw next(store.project, rounds, { round, state }) === null
    ? new AppError('round.notReady', sentence`All rounds are finished.`, { hint })
    : new AppError(
        'round.notReady',
        sentence`Round ${round} is the last one: only its exam is left, nothing is taught after it.`,
        { hint: sentence`Run tailor exam. ${hint}` },
      );
}

/** Refuses to train a round that nobody has named and whose exam comes first: the training before it is finished. */
export function refuseBeforeExam(
  { rounds, store }: Pick<Session, 'rounds' | 'store'>,
  { round, state, named }: Place,
): void {
  const isNext = next(store.project, rounds, { round, state }) === 'exam';
  if (named !== undefined || round === 0 || state?.frozen || !isNext) return;
  throw new AppError(
    'round.notReady',
    sentence`Round ${round - 1} is trained; the exam of round ${round} comes next.`,
    { hint: sentence`Run tailor exam --round ${round}.` },
  );
}

function next(
  { data }: Session['store']['project'],
  rounds: number,
  { round, state }: Pick<Place, 'round' | 'state'>,
): Step | null {
  const isLast = round >= rounds;
  return state ? nextStep(state, examSets(Object.keys(data.extra), isLast), isLast) : 'exam';
}
