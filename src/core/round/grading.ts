import { auditAttempts } from '../grading/audit.ts';
import { gradeAttempt } from '../grading/grade.ts';
import type { Question } from '../dataset/question.ts';
import type { Attempt } from '../exam/attempt.ts';
import type { GradedAttempt } from '../curation/negatives.ts';
import type { Suspicion } from '../grading/verdict.ts';

/**
 * Grades and audits stored attempts against the golds that count now; the model is never run. Attempts of questions
 * that the data no longer has are left out.
 */
export function gradeStored(
  questions: readonly Question[],
  attempts: readonly Attempt[],
  gold: ReadonlyMap<string, string>,
): GradedAttempt[] {
  const byQuestion = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    const list = byQuestion.get(attempt.questionId);
    if (list) list.push(attempt);
    else byQuestion.set(attempt.questionId, [attempt]);
  }
  return questions.flatMap((source) => {
    const answer = gold.get(source.id) ?? source.answer;
    const question = { ...source, answer };
    const graded = (byQuestion.get(source.id) ?? [])
      .sort((a, b) => a.sample - b.sample)
      .map((attempt) => ({ attempt, grade: gradeAttempt(attempt, answer) }));
    const doubts = new Map<number, readonly Suspicion[]>(
      auditAttempts(question, graded).map(({ sample, reasons }) => [sample, reasons]),
    );
    return graded.map(({ attempt, grade }) => ({
      attempt,
      grade,
      suspicions: doubts.get(attempt.sample) ?? [],
    }));
  });
}
