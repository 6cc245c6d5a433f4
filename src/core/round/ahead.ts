import { lacksAnswers } from './exam.ts';
import { examSets, nextStep, reduceRound, type RoundState } from './state.ts';
import type { Step } from './step.ts';
import type { RoundStore } from './store.ts';

/** A round's state as it stands: deleting a frozen set is how a person has a round frozen again. */
export async function standingState(store: RoundStore, round: number): Promise<RoundState | null> {
  const state = await store.state(round);
  const isReopened = state?.frozen && !(await store.manifest(round));
  return isReopened ? reduceRound(state, { type: 'unfrozen' }) : state;
}

/** Whether the questions are not those any more that the round's exams asked; a frozen round stays as it is. */
async function isOutdated(
  store: RoundStore,
  { round, exams, frozen }: RoundState,
  sets: readonly string[],
): Promise<boolean> {
  if (frozen) return false;
  for (const set of sets) {
    const exam = exams[set];
    if (exam && (await lacksAnswers(store, round, set, exam))) return true;
  }
  return false;
}

/** The step that a round begins or goes on with: its exam again where its questions have changed since. */
export async function firstStep(
  store: RoundStore,
  state: RoundState,
  sets: readonly string[],
  isLast: boolean,
): Promise<Step | null> {
  return (await isOutdated(store, state, sets)) ? 'exam' : nextStep(state, sets, isLast);
}

/** Where running rounds 0…rounds−1 and the exam of round `rounds` would begin, and what it may ask a teacher. */
export interface Ahead {
  /** The first round with a step left; `rounds` where there is none. */
  readonly round: number;
  /** The round that begins with its teaching: its questions are known, so that an estimate can be made. */
  readonly teaches: number | null;
  /** Whether a round is taught after an exam that is still to come: what that takes nobody can know yet. */
  readonly teachesUnknown: boolean;
}

/** The same decisions as `runRounds` makes, from files alone; nothing is run, asked or written. */
export async function lookAhead(store: RoundStore, rounds: number): Promise<Ahead> {
  const extra = Object.keys(store.project.data.extra);
  let first: number | null = null;
  let teaches: number | null = null;
  let teachesUnknown = false;
  for (let round = 0; round <= rounds; round += 1) {
    const isLast = round === rounds;
    const state = await standingState(store, round);
    const step = state ? await firstStep(store, state, examSets(extra, isLast), isLast) : 'exam';
    if (step === null) continue;
    first ??= round;
    if (step === 'teach') teaches ??= round;
    // An exam may find other answers than those that the round was taught about.
    teachesUnknown ||= !isLast && (step === 'exam' || (step === 'teach' && teaches !== round));
  }
  return { round: first ?? rounds, teaches, teachesUnknown };
}
