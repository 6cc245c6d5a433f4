import { attemptKey, type Curation } from '../curation/curation.ts';
import { sha256Text } from '../hash.ts';
import type { FrozenRow } from '../round/frozen.ts';
import type { TeachingItem } from '../teaching/records.ts';

type Negative = FrozenRow['negatives'][number];

/** Finds the 1-based first wrong step of a stored mistake; undefined where nobody marked one. */
export type MarkOf = (questionId: string, negative: Negative) => number | undefined;

/**
 * The marks that may be trained on: a person's, and otherwise the programmatic teacher's, which comes from the data's
 * own equations. What a language model says of a step is an opinion that nothing here can check.
 */
export function stepMarks(
  items: readonly TeachingItem[],
  curation: Pick<Curation, 'firstErrors'>,
): MarkOf {
  const programmatic = new Map<string, number>();
  for (const { questionId, about, firstErrorStep, flags } of items) {
    if (about === null || firstErrorStep === null || !flags.includes('programmatic')) continue;
    programmatic.set(attemptKey({ questionId, ...about }), firstErrorStep);
  }
  return (questionId, { sample, fingerprint, text }) => {
    const key = attemptKey({ questionId, sample, fingerprint, textHash: sha256Text(text) });
    return curation.firstErrors.get(key)?.step ?? programmatic.get(key);
  };
}
