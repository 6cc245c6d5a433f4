import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { RecordedDecision } from '../../core/curation/activeDecisions.ts';
import type { DecisionCursor } from '../../core/round/frozen.ts';
import { isLate } from '../../core/round/lateDecisions.ts';
import type { RoundState } from '../../core/round/state.ts';
import type { TrainerEvent } from '../../core/training/events.ts';
import type { ProjectStore } from '../project/projectStore.ts';
import { runPaths } from '../trainer/runFolder.ts';
import { readRunState } from '../trainer/runState.ts';

/** Where a project stands, as far as the views show it. */
export interface Facts {
  /** Rounds with attempts at training questions, finished exams or not. */
  readonly rounds: readonly number[];
  readonly round: number;
  readonly state: RoundState | null;
  readonly frozen: boolean;
  /** The decisions that its frozen set was made from; null where it has none or does not say. */
  readonly decidedUpTo: DecisionCursor | null;
  /** Its training runs, in whichever process; `failed` holds why the last run ended without a student. */
  readonly training: 'none' | 'running' | 'failed' | 'done';
  readonly failed: string | null;
  readonly hasStudent: boolean;
}

/** Rounds that can be reviewed, oldest first. */
export async function reviewable(store: ProjectStore): Promise<number[]> {
  const found: number[] = [];
  for (const round of await store.rounds()) {
    if (await hasAttempts(store.roundFolder(round, 'exam'))) found.push(round);
  }
  return found;
}

/** Everything about one round that its journals do not say. */
export async function roundFacts(
  store: ProjectStore,
  rounds: readonly number[],
  round: number,
): Promise<Facts> {
  const state = await store.state(round);
  const frozen = await exists(store.roundFolder(round, 'manifest.json'));
  const student = state?.student.path ?? store.project.student;
  return {
    rounds,
    round,
    state,
    frozen,
    decidedUpTo: frozen ? await cursorOf(store, round) : null,
    ...(await trainingOf(store, state)),
    hasStudent: await exists(join(store.root, student, 'config.json')),
  };
}

async function cursorOf(store: ProjectStore, round: number): Promise<DecisionCursor | null> {
  // A manifest that cannot be read is told of by whoever needs what is in it.
  const manifest = await store.manifest(round).catch(() => null);
  return manifest?.decidedUpTo ?? null;
}

/** Throws for a round whose training set is fixed. */
export async function refuseFrozen(store: ProjectStore, round: number): Promise<void> {
  if (!(await exists(store.roundFolder(round, 'manifest.json')))) return;
  throw new AppError(
    'round.frozen',
    sentence`Round ${round} is frozen: its decisions stay as they are.`,
    {
      hint: sentence`Decide in the next round, after its exam.`,
    },
  );
}

/** Whether decisions that have just been written are not among those that their round's frozen set was made from. */
export async function cameTooLate(
  store: ProjectStore,
  round: number,
  written: readonly RecordedDecision[],
): Promise<boolean> {
  if (!(await exists(store.roundFolder(round, 'manifest.json')))) return false;
  const upTo = await cursorOf(store, round);
  return upTo !== null && written.some((event) => isLate(round, event, upTo));
}

async function trainingOf(
  store: ProjectStore,
  state: RoundState | null,
): Promise<Pick<Facts, 'training' | 'failed'>> {
  const training = state?.training;
  if (!state || !training) return { training: 'none', failed: null };
  if (training.student) return { training: 'done', failed: null };
  const folder = store.runFolder(state.round, training.runId);
  const { status, terminal } = await readRunState(runPaths(folder), training.runId);
  if (status === 'running' || status === 'elsewhere') return { training: 'running', failed: null };
  if (status === 'ended' && terminal) return failureOf(terminal);
  return { training: 'none', failed: null };
}

function failureOf(terminal: TrainerEvent): Pick<Facts, 'training' | 'failed'> {
  return terminal.type === 'error'
    ? { training: 'failed', failed: terminal.message }
    : { training: 'none', failed: null };
}

async function hasAttempts(folder: string): Promise<boolean> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith('train.') || !name.endsWith('.jsonl')) continue;
    const size = await stat(join(folder, name)).then(
      (found) => found.size,
      () => 0,
    );
    if (size > 0) return true;
  }
  return false;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
