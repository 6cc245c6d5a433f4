import { wilson } from './statistics.ts';

/** k of N samples right in one round. */
export interface RoundShare {
  readonly right: number;
  readonly samples: number;
}

/**
 * learned / forgotten: the latest round lies wholly above / below an earlier one, by intervals; stubborn: never
 * right in two rounds or more; known: pooled over the rounds surely above one half; flaky: right and wrong without a clear course; unclear: too
 * few samples to say.
 */
export type Trajectory = 'learned' | 'forgotten' | 'stubborn' | 'known' | 'flaky' | 'unclear';

/** What a question's rounds, in order, say about it. One flip of one sample says nothing. */
export function trajectoryOf(rounds: readonly RoundShare[]): Trajectory {
  const sat = rounds.filter(({ samples }) => samples > 0);
  const intervals = sat.map(({ right, samples }) => wilson(right, samples));
  const latest = intervals.at(-1);
  if (!latest) return 'unclear';
  const earlier = intervals.slice(0, -1);
  // Forgotten goes first: what was lost after it was learned is what the next round must see.
  if (earlier.some(({ low }) => low > latest.high)) return 'forgotten';
  if (earlier.some(({ high }) => high < latest.low)) return 'learned';
  const right = sat.reduce((sum, round) => sum + round.right, 0);
  const samples = sat.reduce((sum, round) => sum + round.samples, 0);
  const pooled = wilson(right, samples);
  if (sat.length > 1 && right === 0 && pooled.high < 0.5) return 'stubborn';
  if (pooled.low > 0.5) return 'known';
  return right > 0 && right < samples && samples >= 4 ? 'flaky' : 'unclear';
}
