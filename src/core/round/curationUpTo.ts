import { foldCuration, type Curation } from '../curation/curation.ts';
import type { RecordedDecision } from '../curation/activeDecisions.ts';
import type { RoundStore } from './store.ts';

/** Every decision of rounds 0…round, folded: a gold fixed in round 0 stays fixed in round 3. */
export async function curationUpTo(store: RoundStore, round: number): Promise<Curation> {
  const events: (readonly RecordedDecision[])[] = [];
  for (let r = 0; r <= round; r += 1) events.push(await store.decisions(r));
  return foldCuration(events);
}
