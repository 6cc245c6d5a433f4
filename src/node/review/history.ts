import type { Curation } from '../../core/curation/curation.ts';
import { outcomesByQuestion, type RoundOutcome } from '../../core/curation/reviewItem.ts';
import type { Question } from '../../core/dataset/question.ts';
import { gradeStored } from '../../core/round/grading.ts';
import type { ProjectStore } from '../project/projectStore.ts';
import { pacer } from './pace.ts';
import { RoundFiles, type KeptAttempt } from './roundFiles.ts';

export interface PastRound {
  readonly round: number;
  readonly outcomes: ReadonlyMap<string, RoundOutcome>;
}

/** How the questions went in the exams before a round. Their texts are read, graded and let go again. */
export async function pastOutcomes(
  store: ProjectStore,
  round: number,
  questions: readonly Question[],
  curation: Curation,
  signal: AbortSignal,
): Promise<PastRound[]> {
  const pace = pacer(signal);
  const past: PastRound[] = [];
  for (let r = 0; r < round; r += 1) {
    const fingerprint = (await store.state(r))?.exams['train']?.fingerprint;
    if (fingerprint === undefined) continue;
    const files = new RoundFiles(store.roundFolder(r), { attempts: true, items: false });
    const byQuestion = new Map<string, KeptAttempt[]>();
    for (const attempt of (await files.look()).attempts) {
      if (attempt.fingerprint !== fingerprint) continue;
      const list = byQuestion.get(attempt.questionId);
      if (!list) byQuestion.set(attempt.questionId, [attempt]);
      else if (
        !list.some((known) => known.sample === attempt.sample && known.asked === attempt.asked)
      ) {
        list.push(attempt);
      }
    }
    const outcomes = new Map<string, RoundOutcome>();
    for (const question of questions) {
      const graded = gradeStored([question], byQuestion.get(question.id) ?? [], curation);
      for (const [id, outcome] of outcomesByQuestion(r, graded, curation))
        outcomes.set(id, outcome);
      await pace();
    }
    past.push({ round: r, outcomes });
  }
  return past;
}
