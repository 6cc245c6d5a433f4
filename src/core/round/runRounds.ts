import { AppError, cancelled } from '../errors.ts';
import { sentence } from '../sentence.ts';
import type { TeachingPurpose } from '../teaching/records.ts';
import { curateRound } from './curateRound.ts';
import { firstStep, standingState } from './ahead.ts';
import { sitRound } from './examRound.ts';
import { freezeStep } from './freezeStep.ts';
import type { LoopPorts } from './ports.ts';
import {
  examSets,
  nextStep,
  openRound,
  reduceRound,
  type RoundEvent,
  type RoundState,
} from './state.ts';
import type { Step } from './step.ts';
import { teachRound } from './teachRound.ts';
import { trainRound } from './trainRound.ts';

/**
 * The state of a round, opened where it is new: round 0 with the project's student, a later one with the student that
 * the round before trained.
 */
export async function loadRound(ports: LoopPorts, round: number): Promise<RoundState> {
  const { store } = ports;
  const existing = await standingState(store, round);
  if (existing) {
    const isReopened = !existing.frozen && (await store.state(round))?.frozen;
    if (isReopened) await store.saveState(existing);
    return existing;
  }
  let student: RoundState['student'] | null | undefined;
  if (round === 0) {
    const path = store.project.student;
    const { digest } = await ports.student.identify(store.absolute(path));
    student = { path, digest };
  } else {
    student = (await store.state(round - 1))?.training?.student;
  }
  if (!student) {
    throw new AppError('round.notReady', sentence`Round ${round} has no student yet.`, {
      hint: sentence`Finish round ${round - 1} first: tailor round.`,
    });
  }
  const state = openRound(round, student);
  await store.saveState(state);
  return state;
}

/** What a person may ask of a step that the loop decides by itself. */
export interface StepOptions {
  /** Of `teach`; by the round when absent. */
  readonly purpose?: TeachingPurpose;
  /** Of `train`: another run instead of going on with the one that was begun. */
  readonly fresh?: boolean;
}

/**
 * Runs one step and books its time in the round's state, also when it is stopped half-way. A training's time is its
 * trainer's: a person may have been asked about Python before it started, and it goes on without whoever follows it.
 */
export async function runStep(
  ports: LoopPorts,
  initial: RoundState,
  step: Step,
  sets: readonly string[],
  options: StepOptions = {},
): Promise<RoundState> {
  const started = ports.clock.now();
  try {
    const { state, worked } = await perform(ports, initial, step, sets, options);
    // Looking that nothing is missing is no time that the step took.
    return worked ? await book(ports, state, step, started) : state;
  } catch (error) {
    const latest = (await ports.store.state(initial.round)) ?? initial;
    await book(ports, latest, step, started);
    throw error;
  }
}

async function book(
  ports: LoopPorts,
  state: RoundState,
  stage: Step,
  started: number,
): Promise<RoundState> {
  const booked = reduceRound(
    state,
    stage === 'train'
      ? await trainedFor(ports, state)
      : { type: 'spent', stage, seconds: (ports.clock.now() - started) / 1000 },
  );
  await ports.store.saveState(booked);
  return booked;
}

async function trainedFor({ store }: LoopPorts, state: RoundState): Promise<RoundEvent> {
  const { round, training } = state;
  const runId = training?.runId ?? '';
  const seconds = training === null ? 0 : await store.runSeconds(round, runId);
  return { type: 'trained-for', runId, seconds };
}

async function perform(
  ports: LoopPorts,
  state: RoundState,
  step: Step,
  sets: readonly string[],
  options: StepOptions,
): Promise<{ readonly state: RoundState; readonly worked: boolean }> {
  switch (step) {
    case 'exam':
      return sitRound(ports, state, sets);
    case 'teach':
      return { state: await teachRound(ports, state, options), worked: true };
    case 'curate':
      return { state: await curateRound(ports, state), worked: true };
    case 'freeze':
      return { state: await freezeStep(ports, state), worked: true };
    case 'train':
      return { state: await trainRound(ports, state, options), worked: true };
  }
}

/**
 * Rounds 0…rounds−1 in full and the exam of round `rounds` (two rounds, three exams), from the first unfinished step.
 * Running it again after any stop goes on there; when all is done it does nothing.
 */
export async function runRounds(
  ports: LoopPorts,
  rounds: number,
  onStep?: (round: number, step: Step) => void,
): Promise<void> {
  const extra = Object.keys(ports.store.project.data.extra);
  for (let round = 0; round <= rounds; round += 1) {
    const isLast = round === rounds;
    const sets = examSets(extra, isLast);
    let state = await loadRound(ports, round);
    let step = await firstStep(ports.store, state, sets, isLast);
    while (step !== null) {
      if (ports.signal.aborted) throw cancelled();
      onStep?.(round, step);
      state = await runStep(ports, state, step, sets);
      step = nextStep(state, sets, isLast);
    }
  }
}
