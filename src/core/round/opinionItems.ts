import type { Curation } from '../curation/curation.ts';
import { reviewItems, type ReviewItem } from '../curation/reviewItem.ts';
import type { Opinion } from '../teaching/records.ts';
import type { RoundStore } from './store.ts';

/** The questions of a round with its rationales and what teachers said of them: all that an opinion is about. */
export async function opinionItems(
  store: RoundStore,
  round: number,
  curation: Curation,
  /** Whose rationales are looked at, oldest first; this round's alone when absent. */
  rounds: readonly number[] = [round],
): Promise<ReviewItem[]> {
  const { gate, curation: limits } = store.project;
  const candidates = [];
  const opinions: Opinion[] = [];
  for (const of of rounds) {
    candidates.push({ round: of, items: await store.items(of) });
    opinions.push(...(await store.opinions(of)));
  }
  return reviewItems({
    round,
    gate,
    useDatasetRationales: limits.useDatasetRationales,
    questions: await store.questions('train'),
    attempts: [],
    candidates,
    opinions,
    history: [],
    curation,
  });
}
