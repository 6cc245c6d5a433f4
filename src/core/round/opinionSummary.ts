import type { Curation } from '../curation/curation.ts';
import { judgedIn, objectionTo, opinionsOn, waitsForPerson } from '../curation/opinions.ts';
import { opinionItems } from './opinionItems.ts';
import type { RoundStore } from './store.ts';

/** What the second opinions of a round's rationales come to, as far as their texts still count. */
export interface OpinionSummary {
  /** Rationales with a score. */
  readonly scored: number;
  /** Of all their scores. */
  readonly mean: number;
  /** Rationales whose scores are apart, from the gate's yes or from one another, and on which no person has decided. */
  readonly disagreements: number;
  /** Of these, the ones that a rule accepted before. */
  readonly ruled: number;
  /** Rationales whose scores are apart and on which a person has decided, either way. */
  readonly settled: number;
  /** Every score comes from a programmatic teacher. */
  readonly programmatic: boolean;
}

/** Null where no rationale of the round has a score. */
export async function opinionSummary(
  store: RoundStore,
  round: number,
  curation: Curation,
): Promise<OpinionSummary | null> {
  const scores: number[] = [];
  const texts = new Set<string>();
  const undecided = new Set<string>();
  const ruled = new Set<string>();
  const settled = new Set<string>();
  let programmatic = true;
  for (const item of await opinionItems(store, round, curation, { judged: true })) {
    for (const one of judgedIn(item, curation)) {
      const opinions = opinionsOn(one, item, curation);
      if (opinions.length === 0) continue;
      const text = `${item.id} ${one.text}`;
      if (!texts.has(text)) for (const { score } of opinions) scores.push(score);
      texts.add(text);
      if (opinions.some((opinion) => !opinion.programmatic)) programmatic = false;
      if (objectionTo(one, item, curation) === null) continue;
      if (waitsForPerson(one)) (one.decision === undefined ? undecided : ruled).add(text);
      else if (one.decision?.by === 'person') settled.add(text);
    }
  }
  if (scores.length === 0) return null;
  // Of one text that stands there twice, what waits counts.
  const open = new Set([...undecided, ...ruled]);
  return {
    scored: texts.size,
    mean: scores.reduce((sum, score) => sum + score, 0) / scores.length,
    disagreements: open.size,
    ruled: open.size - undecided.size,
    settled: [...settled].filter((text) => !open.has(text)).length,
    programmatic,
  };
}
