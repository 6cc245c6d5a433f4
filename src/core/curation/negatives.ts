import { sha256Text } from '../hash.ts';
import type { Attempt } from '../exam/attempt.ts';
import type { Grade, Suspicion } from '../grading/verdict.ts';
import type { Curation } from './curation.ts';
import { isGoldConfirmed, keyOfAttempt } from './curation.ts';

/** An attempt with the grader's word and the audit's doubts about it. */
export interface GradedAttempt {
  readonly attempt: Attempt;
  readonly grade: Grade;
  /** The answer that it was graded against. */
  readonly gold: string;
  readonly suspicions: readonly Suspicion[];
  /** It answers another text of the question than the one that counts now: never trained on. */
  readonly stale?: boolean;
}

export interface Negative {
  readonly id: string;
  readonly text: string;
  readonly round: number;
  readonly sample: number;
  readonly fingerprint: string;
}

/** Doubts that no decision about the attempt itself can lift. */
const NEVER: readonly Suspicion[] = ['lenient-right', 'empty'];

type Verdicts = Pick<Curation, 'attempts' | 'attemptsDecided'>;

/** What somebody said about the attempt itself. Naming it costs a hash: most questions need none. */
function wordOn(attempt: Attempt, curation: Verdicts): 'right' | 'wrong' | undefined {
  return curation.attemptsDecided.has(attempt.questionId)
    ? curation.attempts.get(keyOfAttempt(attempt))
    : undefined;
}

/** A verdict after decisions: a person's word goes before the grader's. */
export function settledVerdict(
  { attempt, grade }: GradedAttempt,
  curation: Verdicts,
): 'right' | 'wrong' | 'no-answer' {
  return wordOn(attempt, curation) ?? grade.verdict;
}

/**
 * Whether a wrong attempt may be trained against (method §6). Lenient-right never is; a suspect is only after a
 * person said that it is wrong (or, for a doubted gold, confirmed the gold).
 */
export function mayBeNegative(graded: GradedAttempt, curation: Curation): boolean {
  const { attempt, grade, suspicions } = graded;
  if (graded.stale === true) return false;
  if (grade.verdict !== 'wrong' || grade.lenient === 'right') return false;
  if (suspicions.some((doubt) => NEVER.includes(doubt))) return false;
  const decided = curation.attemptsDecided.has(attempt.questionId);
  if (decided && curation.pairs.get(keyOfAttempt(attempt)) === 'drop') return false;
  const word = wordOn(attempt, curation);
  if (word !== undefined) return word === 'wrong';
  const goldSettled = isGoldConfirmed(curation, attempt.questionId, graded.gold);
  return suspicions.every(
    (doubt) => goldSettled && (doubt === 'suspect-gold' || doubt === 'gold-in-doubt'),
  );
}

/**
 * The negatives of one question: of the latest round that examined it. None once it is right every time
 * (method §7). The most frequent wrong answer first, then the shorter text; equal texts count once.
 */
export function negativesOf(
  rounds: readonly { round: number; attempts: readonly GradedAttempt[] }[],
  curation: Curation,
  limit: number,
): Negative[] {
  const latest = [...rounds].sort((a, b) => b.round - a.round).find((r) => r.attempts.length > 0);
  if (!latest) return [];
  // A gold that an earlier exam put in doubt stays so until someone confirms it, whatever the latest one says.
  const goldInDoubt = rounds.some(({ attempts }) =>
    attempts.some(
      ({ attempt, gold, suspicions }) =>
        suspicions.includes('suspect-gold') && !isGoldConfirmed(curation, attempt.questionId, gold),
    ),
  );
  const usable = latest.attempts.filter(
    (graded) =>
      mayBeNegative(graded, curation) &&
      (!goldInDoubt || wordOn(graded.attempt, curation) === 'wrong'),
  );
  const frequency = new Map<string | null, number>();
  for (const { grade } of usable) {
    frequency.set(grade.value, (frequency.get(grade.value) ?? 0) + 1);
  }
  const ordered = [...usable].sort(
    (a, b) =>
      (frequency.get(b.grade.value) ?? 0) - (frequency.get(a.grade.value) ?? 0) ||
      a.attempt.text.length - b.attempt.text.length ||
      a.attempt.sample - b.attempt.sample,
  );
  const seen = new Set<string>();
  const negatives: Negative[] = [];
  for (const { attempt } of ordered) {
    if (negatives.length >= limit || seen.has(attempt.text)) continue;
    seen.add(attempt.text);
    negatives.push({
      id: `n-${sha256Text(`${attempt.questionId}\u0000${attempt.text}`).slice(0, 16)}`,
      text: attempt.text,
      round: latest.round,
      sample: attempt.sample,
      fingerprint: attempt.fingerprint,
    });
  }
  return negatives;
}

/** The attempt that the teacher is asked about: of the most frequent wrong answer, the shortest (method §8). */
export function attemptForFeedback(
  attempts: readonly GradedAttempt[],
  curation: Verdicts,
): GradedAttempt | undefined {
  const wrong = attempts.filter(
    (graded) => graded.stale !== true && settledVerdict(graded, curation) === 'wrong',
  );
  const frequency = new Map<string | null, number>();
  for (const { grade } of wrong) {
    frequency.set(grade.value, (frequency.get(grade.value) ?? 0) + 1);
  }
  return [...wrong].sort(
    (a, b) =>
      (frequency.get(b.grade.value) ?? 0) - (frequency.get(a.grade.value) ?? 0) ||
      a.attempt.text.length - b.attempt.text.length ||
      a.attempt.sample - b.attempt.sample,
  )[0];
}
