import type { Curation } from '../curation/curation.ts';
import type { GradedAttempt } from '../curation/negatives.ts';
import { attemptsOfPlan } from './exam.ts';
import { gradeStored } from './grading.ts';
import type { RoundStore } from './store.ts';

/** The graded training attempts of a round's recorded exam; empty where the round has none. */
export async function gradedTrainAttempts(
  store: RoundStore,
  round: number,
  curation: Pick<Curation, 'gold' | 'questions'>,
): Promise<GradedAttempt[]> {
  const exam = (await store.state(round))?.exams['train'];
  if (!exam) return [];
  const attempts = attemptsOfPlan(exam, await store.attempts(round, 'train'));
  return gradeStored(await store.questions('train'), attempts, curation);
}
