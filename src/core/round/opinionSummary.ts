import { candidatesOf } from '../curation/candidates.ts';
import type { Curation } from '../curation/curation.ts';
import { objectionTo, opinionsOn } from '../curation/opinions.ts';
import { opinionItems } from './opinionItems.ts';
import type { RoundStore } from './store.ts';

/** What the second opinions of a round come to, as far as their texts still count. */
export interface OpinionSummary {
  /** Rationales with a score. */
  readonly scored: number;
  /** Of all their scores. */
  readonly mean: number;
  /** Rationales whose scores are apart, from the gate's yes or from one another. */
  readonly disagreements: number;
  /** Every score comes from a programmatic teacher. */
  readonly programmatic: boolean;
}

/** Null where no rationale of the round has a score. */
export async function opinionSummary(
  store: RoundStore,
  round: number,
  curation: Curation,
): Promise<OpinionSummary | null> {
  if ((await store.opinions(round)).length === 0) return null;
  const scores: number[] = [];
  const texts = new Set<string>();
  const apart = new Set<string>();
  let programmatic = true;
  for (const item of await opinionItems(store, round, curation)) {
    for (const one of candidatesOf(item, curation)) {
      const opinions = opinionsOn(one, item, curation);
      const text = `${item.id} ${one.text}`;
      if (opinions.length === 0 || texts.has(text)) continue;
      texts.add(text);
      for (const { score } of opinions) scores.push(score);
      if (opinions.some((opinion) => !opinion.programmatic)) programmatic = false;
      if (objectionTo(one, item, curation) !== null) apart.add(text);
    }
  }
  if (scores.length === 0) return null;
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return { scored: texts.size, mean, disagreements: apart.size, programmatic };
}
