import { keyOfAttempt, type Curation } from './curation.ts';
import { mayBeNegative, settledVerdict, type GradedAttempt } from './negatives.ts';

/**
 * What has become of an attempt that the audit doubts: nobody has decided yet (`open`), it may stand in a pair
 * (`negative`), it is right after all, or it stays out of the pairs for good (`left-out`).
 */
export type Settled = 'open' | 'negative' | 'right' | 'left-out';

export function settledAs(graded: GradedAttempt, curation: Curation): Settled {
  if (settledVerdict(graded, curation) === 'right') return 'right';
  if (mayBeNegative(graded, curation)) return 'negative';
  if (graded.stale === true) return 'left-out';
  const key = keyOfAttempt(graded.attempt);
  const decided = curation.attempts.get(key) === 'wrong' || curation.pairs.get(key) === 'drop';
  return decided ? 'left-out' : 'open';
}
