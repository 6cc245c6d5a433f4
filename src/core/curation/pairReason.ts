import { SUSPICION_SENTENCES } from './checkSentences.ts';
import { keyOfAttempt, type Curation } from './curation.ts';
import type { GradedAttempt } from './negatives.ts';
import { settledVerdict } from './negatives.ts';

export interface PairBlock {
  readonly goldInDoubt: boolean;
  /** A text that a person had taught misses the gold. */
  readonly missesGold: boolean;
  /** The attempt's own words are taught. */
  readonly identical?: boolean;
}

/** Why an attempt that is not right may not stand in a pair; null where nothing is in the way. */
export function pairReason(
  graded: GradedAttempt,
  curation: Curation,
  { goldInDoubt, missesGold, identical }: PairBlock,
): string | null {
  const { grade, suspicions } = graded;
  if (graded.stale === true) return 'It answers the older text of the question.';
  const settled = settledVerdict(graded, curation);
  if (settled === 'right') return 'It is right.';
  if (identical === true) return 'The same words are taught as a rationale.';
  if (grade.lenient === 'right') return SUSPICION_SENTENCES['lenient-right'];
  if (grade.verdict === 'right') return 'The grader reads the gold answer in it.';
  if (grade.verdict === 'no-answer') return SUSPICION_SENTENCES['no-answer'];
  if (suspicions.includes('empty')) return SUSPICION_SENTENCES.empty;
  if (missesGold) return 'The accepted rationale does not reach the gold answer.';
  const byPerson =
    curation.attemptsDecided.has(graded.attempt.questionId) && isWord(graded, curation);
  if (byPerson) return null;
  if (goldInDoubt) return 'The gold answer is in doubt: confirm it or fix it first.';
  const ofGold = ['suspect-gold', 'gold-in-doubt'];
  const doubt = suspicions.find((one) => !ofGold.includes(one));
  return doubt === undefined
    ? null
    : `${SUSPICION_SENTENCES[doubt]} Say that it is wrong if it is.`;
}

function isWord(graded: GradedAttempt, curation: Curation): boolean {
  return curation.attempts.get(keyOfAttempt(graded.attempt)) === 'wrong';
}
