import { NO_FIXES } from '../curation/questionText.ts';
import { runWhole } from '../runWhole.ts';
import { differencesOf, type ExamForm } from '../exam/examForm.ts';
import { servedExams, type ServedExams } from '../exam/servedSpending.ts';
import { compareExams, type Comparison, type Outcome } from './compare.ts';
import { curationUpTo } from './curationUpTo.ts';
import { attemptsOfPlan } from './exam.ts';
import type { Manifest } from './frozen.ts';
import { tallyExam } from '../report/tally.ts';
import { countLate } from './lateDecisions.ts';
import { dataSets } from '../project/dataSets.ts';
import type { RoundState } from './state.ts';
import { rateOf, type Rate } from './statistics.ts';
import type { RoundSpending } from './spending.ts';
import type { RoundStore } from './store.ts';

/** One greedy exam: how many were right, and what could not be read or was cut. */
export interface SetResult {
  readonly set: string;
  readonly accuracy: Rate;
  readonly noAnswer: number;
  readonly truncated: number;
  /** Questions that were asked with another text than they have now: their answers count nowhere. */
  readonly outdated: number;
  /** Against the round before, on the same questions; null for the first, and where they share none. */
  readonly change: Comparison | null;
}

export interface RoundSummary {
  readonly round: number;
  readonly state: RoundState;
  readonly results: readonly SetResult[];
  readonly manifest: Manifest | null;
  readonly spending: RoundSpending;
  /** What its exams took at a server; null where none sat them. */
  readonly served: ServedExams | null;
  /** Decisions that came too late for the frozen set. */
  readonly late: number;
  /** Times at which somebody asked for the test exam of this round. */
  readonly looks: readonly string[];
}

/** One exam of one set, question by question. */
export interface ExamOutcomes extends Pick<SetResult, 'noAnswer' | 'truncated' | 'outdated'> {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** Not known in older files. */
  readonly form: ExamForm | undefined;
}

/**
 * The verdict on every question of a set in one round; null where it was not examined. An answer to another text than
 * the question has now cannot be graded: its gold belongs to the text of now.
 */
export async function outcomesOf(
  store: RoundStore,
  round: number,
  set: string,
): Promise<ExamOutcomes | null> {
  const exam = (await store.state(round))?.exams[set];
  if (!exam) return null;
  // Every round is graded against the golds that count now: a gold that was fixed is no progress of the student.
  const { gold } = await curationUpTo(store, (await store.rounds()).at(-1) ?? round);
  const attempts = attemptsOfPlan(exam, await store.attempts(round, set));
  const tally = runWhole(tallyExam(await store.questions(set), attempts, { gold, ...NO_FIXES }));
  const all = [...tally.questions.values()];
  return {
    outcomes: tally.questions,
    noAnswer: all.reduce((sum, one) => sum + one.noAnswer, 0),
    truncated: all.reduce((sum, one) => sum + one.truncated, 0),
    outdated: tally.outdated.size,
    form: exam.form,
  };
}

/** Two rounds' exams of a set, on the questions that both were asked with the text of now. */
export function compareRounds(before: ExamOutcomes, after: ExamOutcomes): Comparison {
  const differs = differencesOf(before.form, after.form);
  return compareExams(before.outcomes, after.outcomes, { differs });
}

/** Every round with its greedy exams, each compared with the round before. Reads files only. */
export async function summarise(store: RoundStore): Promise<RoundSummary[]> {
  // The test set is shown where somebody looked at it; nothing is chosen by it.
  const sets = dataSets(store.project).flatMap(({ name, role }) =>
    role === 'train' ? [] : [name],
  );
  const summaries: RoundSummary[] = [];
  const last = new Map<string, ExamOutcomes>();
  for (const round of await store.rounds()) {
    const state = await store.state(round);
    if (!state) continue;
    const results: SetResult[] = [];
    for (const set of sets) {
      const found = await outcomesOf(store, round, set);
      if (!found) continue;
      const { outcomes, noAnswer, truncated, outdated } = found;
      const right = [...outcomes.values()].filter(isRight).length;
      const before = last.get(set);
      const comparison = before ? compareRounds(before, found) : null;
      const change = comparison && comparison.n > 0 ? comparison : null;
      const accuracy = rateOf(right, outcomes.size);
      results.push({ set, accuracy, noAnswer, truncated, outdated, change });
      last.set(set, found);
    }
    const manifest = await store.manifest(round);
    const late = manifest
      ? countLate(round, await store.decisions(round), manifest.decidedUpTo)
      : 0;
    const spending = await store.spending(round);
    const engines = Object.values(state.exams).map(({ form }) => form?.engine);
    const served = servedExams(engines, await store.served(round));
    const looks = (await store.looks(round)).map(({ at }) => at);
    summaries.push({ round, state, results, manifest, spending, served, late, looks });
  }
  return summaries;
}

function isRight(outcome: Outcome): boolean {
  return typeof outcome === 'string' ? outcome === 'right' : outcome.right * 2 > outcome.samples;
}
