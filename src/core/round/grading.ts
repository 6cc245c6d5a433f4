import type { Curation } from '../curation/curation.ts';
import { isAbout, questionNow } from '../curation/questionText.ts';
import { auditAttempts } from '../grading/audit.ts';
import { gradeAttempt } from '../grading/gradeAnswer.ts';
import type { Question } from '../dataset/question.ts';
import type { Attempt } from '../exam/attempt.ts';
import type { GradedAttempt } from '../curation/negatives.ts';
import type { Suspicion } from '../grading/verdict.ts';

/**
 * Grades and audits stored attempts against the golds that count now; the model is never run. Attempts of questions
 * that the data no longer has are left out. An attempt at an older text of a question is graded but not audited, and
 * gone where the same sample answered the text that counts.
 */
export function gradeStored(
  questions: readonly Question[],
  attempts: readonly Attempt[],
  { gold, questions: fixes }: Pick<Curation, 'gold' | 'questions'>,
): GradedAttempt[] {
  const byQuestion = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    const list = byQuestion.get(attempt.questionId);
    if (list) list.push(attempt);
    else byQuestion.set(attempt.questionId, [attempt]);
  }
  return questions.flatMap((source) => {
    const question = questionNow(source, { gold, questions: fixes });
    const { own, counting } = countingAttempts(source, byQuestion.get(source.id) ?? [], fixes);
    const answered = new Set(counting.map(({ sample }) => sample));
    const all = own.map((attempt) => ({ attempt, grade: gradeAttempt(attempt, question) }));
    const isCounting = new Set(counting);
    const graded = all.filter(({ attempt }) => isCounting.has(attempt));
    const doubts = new Map<number, readonly Suspicion[]>(
      auditAttempts(question, graded).map(({ sample, reasons }) => [sample, reasons]),
    );
    const now = graded.map(({ attempt, grade }) => ({
      attempt,
      grade,
      gold: question.answer,
      suspicions: doubts.get(attempt.sample) ?? [],
    }));
    if (graded.length === all.length) return now;
    const stale = all
      .filter(({ attempt }) => !answered.has(attempt.sample))
      .map(({ attempt, grade }) => ({
        attempt,
        grade,
        gold: question.answer,
        suspicions: [],
        stale: true,
      }));
    return [...now, ...stale];
  });
}

/**
 * A question's attempts by sample, and those among them that answer the text it has now: of two answers of one sample
 * the one that names its text.
 */
export function countingAttempts(
  source: Question,
  attempts: readonly Attempt[],
  fixes: Curation['questions'],
): { readonly own: readonly Attempt[]; readonly counting: readonly Attempt[] } {
  const own = [...attempts].sort((a, b) => a.sample - b.sample || named(b) - named(a));
  const answered = new Set<number>();
  const counting = own.filter(({ sample, asked }) => {
    if (answered.has(sample) || !isAbout(asked, source, { questions: fixes })) return false;
    answered.add(sample);
    return true;
  });
  return { own, counting };
}

/** What names its text goes before what only may be about it. */
function named({ asked }: Attempt): number {
  return asked === undefined ? 0 : 1;
}
