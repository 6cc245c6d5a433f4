import type { Curation } from '../curation/curation.ts';
import type { Question } from '../dataset/question.ts';
import type { Attempt } from '../exam/attempt.ts';
import { gradeStrictly } from '../grading/gradeAnswer.ts';
import { countingAttempts } from '../round/grading.ts';

/** How one question went in an exam: counts of samples that answer the text it has now. */
export interface QuestionTally {
  readonly right: number;
  readonly samples: number;
  readonly noAnswer: number;
  readonly truncated: number;
  /** The answer given most often is right; of answers given equally often the one given first counts. */
  readonly votedRight: boolean;
  /** What was read of the last sample; null when nothing was. */
  readonly answer: string | null;
}

/** One exam, question by question. */
export interface ExamTally {
  readonly questions: ReadonlyMap<string, QuestionTally>;
  /** Questions of which every answer is to another text than they have now: they count nowhere. */
  readonly outdated: ReadonlySet<string>;
  /** The most samples that a question has. */
  readonly samples: number;
}

/** Questions that are graded between two yields. */
const PIECE = 64;

/**
 * Grades an exam's attempts and counts them. A generator, so that a caller can let others go first: each step grades
 * some dozens of questions.
 */
export function* tallyExam(
  questions: readonly Question[],
  attempts: Iterable<Attempt>,
  now: Pick<Curation, 'gold' | 'questions'>,
): Generator<void, ExamTally, void> {
  const byQuestion = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    const own = byQuestion.get(attempt.questionId);
    if (own) own.push(attempt);
    else byQuestion.set(attempt.questionId, [attempt]);
  }
  yield;
  const tallies = new Map<string, QuestionTally>();
  const outdated = new Set<string>();
  let [samples, left] = [0, PIECE];
  for (const question of questions) {
    const own = byQuestion.get(question.id);
    if (own === undefined) continue;
    const tally = tallyQuestion(question, own, now);
    if (tally === null) outdated.add(question.id);
    else {
      tallies.set(question.id, tally);
      samples = Math.max(samples, tally.samples);
    }
    left -= 1;
    if (left > 0) continue;
    left = PIECE;
    yield;
  }
  return { questions: tallies, outdated, samples };
}

/** Null where every answer is to another text of the question. */
function tallyQuestion(
  question: Question,
  attempts: readonly Attempt[],
  now: Pick<Curation, 'gold' | 'questions'>,
): QuestionTally | null {
  let [right, samples, noAnswer, truncated] = [0, 0, 0, 0];
  let answer: string | null = null;
  const votes = new Map<string, number>();
  const gold = { ...question, answer: now.gold.get(question.id) ?? question.answer };
  for (const { text, finish } of countingAttempts(question, attempts, now.questions).counting) {
    const { verdict, value } = gradeStrictly(text, gold);
    samples += 1;
    right += verdict === 'right' ? 1 : 0;
    noAnswer += verdict === 'no-answer' ? 1 : 0;
    truncated += finish === 'length' ? 1 : 0;
    answer = value;
    // "7" and "7.00" are one answer where they are right; no answer has no vote.
    const vote = verdict === 'right' ? RIGHT : value;
    if (vote !== null) votes.set(vote, (votes.get(vote) ?? 0) + 1);
  }
  if (samples === 0) return null;
  return { right, samples, noAnswer, truncated, votedRight: winnerOf(votes) === RIGHT, answer };
}

/** No answer that was read is empty. */
const RIGHT = '';

function winnerOf(votes: ReadonlyMap<string, number>): string | undefined {
  let winner: string | undefined;
  let most = 0;
  for (const [vote, count] of votes) if (count > most) [winner, most] = [vote, count];
  return winner;
}

/** Right in more than half of its samples. */
export function isRight({ right, samples }: Pick<QuestionTally, 'right' | 'samples'>): boolean {
  return right * 2 > samples;
}
