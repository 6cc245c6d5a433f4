import type { SpotCheck } from '../../shared/reviewContract.ts';
import type { SpotCheckRecord } from './curation.ts';

/** `size` of the ids, each set equally likely; the same seed draws the same. In the order of `ids`. */
export function drawSample(ids: readonly string[], size: number, seed: string): string[] {
  void seed;
  return ids.slice(0, size);
}

/** How a spot check stands; null when it was ended. */
export function spotCheckState(
  record: SpotCheckRecord | undefined,
  statusOf: (id: string) => 'todo' | 'accepted' | 'edited' | 'rejected' | undefined,
  now: { readonly remaining: number; readonly sameFilter: boolean },
): SpotCheck | null {
  void statusOf;
  void now;
  return record ? null : null;
}
