import { keyOfAttempt, type Curation } from './curation.ts';
import type { GradedAttempt } from './negatives.ts';
import { settledVerdict } from './negatives.ts';
import type { SayAs } from './say.ts';

export interface PairBlock {
  readonly goldInDoubt: boolean;
  /** A text that a person had taught misses the gold. */
  readonly missesGold: boolean;
  /** The attempt's own words are taught. */
  readonly identical?: boolean;
}

/** Why an attempt that is not right may not stand in a pair; null where nothing is in the way. */
export function pairReason<T>(
  graded: GradedAttempt,
  curation: Curation,
  { goldInDoubt, missesGold, identical }: PairBlock,
  say: SayAs<T>,
): T | null {
  const { grade, suspicions } = graded;
  if (graded.stale === true) return say('attempt.older');
  const settled = settledVerdict(graded, curation);
  if (settled === 'right') return say('pair.right');
  if (identical === true) return say('pair.identical');
  if (grade.lenient === 'right') return say('doubt.lenient-right');
  if (grade.verdict === 'right') return say('pair.gold-read');
  if (grade.verdict === 'no-answer') return say('doubt.no-answer');
  if (suspicions.includes('empty')) return say('doubt.empty');
  if (missesGold) return say('pair.misses-gold');
  const byPerson =
    curation.attemptsDecided.has(graded.attempt.questionId) && isWord(graded, curation);
  if (byPerson) return null;
  if (goldInDoubt) return say('pair.gold-in-doubt');
  const ofGold = ['suspect-gold', 'gold-in-doubt'];
  const doubt = suspicions.find((one) => !ofGold.includes(one));
  return doubt === undefined ? null : say('pair.doubt', say(`doubt.${doubt}`));
}

function isWord(graded: GradedAttempt, curation: Curation): boolean {
  return curation.attempts.get(keyOfAttempt(graded.attempt)) === 'wrong';
}
