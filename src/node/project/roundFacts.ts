import type { Clock } from '../../core/ports.ts';
import { lookAhead, type Ahead } from '../../core/round/ahead.ts';
import { curationUpTo } from '../../core/round/curationUpTo.ts';
import { examSets, nextStep } from '../../core/round/state.ts';
import type { Step } from '../../core/round/step.ts';
import { summarise, type RoundSummary } from '../../core/round/summary.ts';
import { runPaths } from '../trainer/runFolder.ts';
import { readRunState, type RunStatus } from '../trainer/runState.ts';
import type { BadLine } from '../storage/readJournal.ts';
import { loadProject } from './loadProject.ts';
import { ProjectStore } from './projectStore.ts';

/** A training run that a round has begun and not finished. */
export interface OpenRun {
  readonly round: number;
  readonly runId: string;
  readonly folder: string;
  readonly status: RunStatus;
}

export interface RoundFacts {
  readonly summary: RoundSummary;
  /** The first unfinished step; null when the round is over. */
  readonly next: Step | null;
  /** Nothing is taught after the last round's exam. */
  readonly isLast: boolean;
  /** Questions with something of the teacher's to decide on, and those with a decision. */
  readonly review: { readonly questions: number; readonly decided: number };
  readonly run: OpenRun | null;
}

/** Where a project stands, from its files alone; nothing is written, started or asked. */
export async function readRoundFacts(
  root: string,
  options: { readonly clock: Clock; readonly onBad: (bad: BadLine) => void },
): Promise<RoundFacts[]> {
  const store = await openToRead(root, options);
  const { rounds, data } = store.project;
  const facts: RoundFacts[] = [];
  for (const summary of await summarise(store)) {
    const { round, state } = summary;
    const isLast = round >= rounds;
    facts.push({
      summary,
      isLast,
      next: nextStep(state, examSets(Object.keys(data.extra), isLast), isLast),
      review: await reviewOf(store, round),
      run: await openRunOf(store, round, state.training),
    });
  }
  return facts;
}

/** What `tailor round` would begin with, and whether it would ask a teacher; `rounds` as its option. */
export async function lookAheadIn(
  root: string,
  options: { readonly clock: Clock; readonly onBad: (bad: BadLine) => void },
  rounds?: number,
): Promise<Ahead> {
  const store = await openToRead(root, options);
  return lookAhead(store, rounds ?? store.project.rounds);
}

/** The training runs that rounds of a project wait for. */
export async function readOpenRuns(
  root: string,
  options: { readonly clock: Clock },
): Promise<OpenRun[]> {
  const store = await openToRead(root, { ...options, onBad: () => undefined });
  const runs: OpenRun[] = [];
  for (const round of await store.rounds()) {
    const run = await openRunOf(store, round, (await store.state(round))?.training ?? null);
    if (run) runs.push(run);
  }
  return runs;
}

async function openToRead(
  root: string,
  options: { readonly clock: Clock; readonly onBad: (bad: BadLine) => void },
): Promise<ProjectStore> {
  const { file: project } = await loadProject(root);
  // Reading writes nothing: the name is never used.
  return new ProjectStore({ root, project, writer: 'reader', ...options });
}

async function openRunOf(
  store: ProjectStore,
  round: number,
  training: RoundSummary['state']['training'],
): Promise<OpenRun | null> {
  if (!training || training.student) return null;
  const { runId } = training;
  const folder = store.runFolder(round, runId);
  return { round, runId, folder, status: (await readRunState(runPaths(folder), runId)).status };
}

async function reviewOf(store: ProjectStore, round: number): Promise<RoundFacts['review']> {
  const items = await store.items(round);
  if (items.length === 0) return { questions: 0, decided: 0 };
  const curation = await curationUpTo(store, round);
  const questions = new Set(items.map(({ questionId }) => questionId));
  const decided = new Set(
    items.flatMap(({ itemId, questionId }) => (curation.items.has(itemId) ? [questionId] : [])),
  );
  return { questions: questions.size, decided: decided.size };
}
