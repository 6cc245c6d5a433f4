import { compareExams, type Comparison, type Outcome } from './compare.ts';
import { curationUpTo } from './curationUpTo.ts';
import { attemptsOfPlan } from './exam.ts';
import type { Manifest } from './frozen.ts';
import { gradeStored } from './grading.ts';
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
  /** Against the round before, on the same questions; null for the first. */
  readonly change: Comparison | null;
}

export interface RoundSummary {
  readonly round: number;
  readonly state: RoundState;
  readonly results: readonly SetResult[];
  readonly manifest: Manifest | null;
  readonly spending: RoundSpending;
}

/** The verdict on every question of a greedy set in one round; null where it was not examined. */
export async function outcomesOf(
  store: RoundStore,
  round: number,
  set: string,
): Promise<{ outcomes: Map<string, Outcome>; noAnswer: number; truncated: number } | null> {
  const exam = (await store.state(round))?.exams[set];
  if (!exam) return null;
  // Every round is graded against the golds that count now: a gold that was fixed is no progress of the student.
  const { gold } = await curationUpTo(store, (await store.rounds()).at(-1) ?? round);
  const attempts = attemptsOfPlan(exam, await store.attempts(round, set));
  const graded = gradeStored(await store.questions(set), attempts, {
    gold,
    questions: new Map(),
  });
  const tally = new Map<string, { right: number; samples: number }>();
  let noAnswer = 0;
  let truncated = 0;
  for (const { attempt, grade } of graded) {
    const before = tally.get(attempt.questionId) ?? { right: 0, samples: 0 };
    tally.set(attempt.questionId, {
      right: before.right + (grade.verdict === 'right' ? 1 : 0),
      samples: before.samples + 1,
    });
    noAnswer += grade.verdict === 'no-answer' ? 1 : 0;
    truncated += attempt.finish === 'length' ? 1 : 0;
  }
  return { outcomes: new Map(tally), noAnswer, truncated };
}

/** Every round with its greedy exams, each compared with the round before. Reads files only. */
export async function summarise(store: RoundStore): Promise<RoundSummary[]> {
  const sets = ['dev', ...Object.keys(store.project.data.extra)];
  const summaries: RoundSummary[] = [];
  const last = new Map<string, ReadonlyMap<string, Outcome>>();
  for (const round of await store.rounds()) {
    const state = await store.state(round);
    if (!state) continue;
    const results: SetResult[] = [];
    for (const set of sets) {
      const found = await outcomesOf(store, round, set);
      if (!found) continue;
      const { outcomes, noAnswer, truncated } = found;
      const right = [...outcomes.values()].filter(isRight).length;
      const before = last.get(set);
      const change = before ? compareExams(before, outcomes) : null;
      results.push({ set, accuracy: rateOf(right, outcomes.size), noAnswer, truncated, change });
      last.set(set, outcomes);
    }
    const manifest = await store.manifest(round);
    summaries.push({ round, state, results, manifest, spending: await store.spending(round) });
  }
  return summaries;
}

function isRight(outcome: Outcome): boolean {
  return typeof outcome === 'string' ? outcome === 'right' : outcome.right * 2 > outcome.samples;
}
