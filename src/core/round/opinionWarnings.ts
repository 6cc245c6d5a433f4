import { candidatesOf, type Candidate } from '../curation/candidates.ts';
import type { Curation } from '../curation/curation.ts';
import { objectionTo } from '../curation/opinions.ts';
import { editedId } from '../curation/positives.ts';
import { sentence, type Sentence } from '../sentence.ts';
import type { FrozenRow } from './frozen.ts';
import { opinionItems, roundsUpTo } from './opinionItems.ts';
import type { RoundStore } from './store.ts';

/**
 * That some of these rows teach what a rule accepted and a second opinion differs on: no rule takes such a text, but an
 * opinion may come after the rule's yes, which stands until a person takes it back.
 */
export async function opinionWarnings(
  store: RoundStore,
  round: number,
  rows: readonly FrozenRow[],
  curation: Curation,
): Promise<Sentence[]> {
  const rounds = store.project.training.accumulate ? roundsUpTo(round) : [round];
  const items = await opinionItems(store, round, curation, { rounds, judged: true });
  if (items.length === 0) return [];
  const taught = new Map(
    rows.map(({ id, positives }) => [id, new Set(positives.map((one) => one.id))]),
  );
  let count = 0;
  for (const item of items) {
    const ids = taught.get(item.id);
    if (ids === undefined) continue;
    for (const one of candidatesOf(item, curation)) {
      const isRuled = one.decision?.by === 'rule' && one.decision.status === 'accepted';
      if (isRuled && ids.has(frozenId(one)) && objectionTo(one, item, curation) !== null) {
        count += 1;
      }
    }
  }
  if (count === 0) return [];
  return count === 1
    ? [sentence`1 rationale that a rule accepted has a second opinion against it.`]
    : [sentence`${count} rationales that a rule accepted have a second opinion against them.`];
}

/** What a candidate is called in the rows. */
const frozenId = ({ id, original, text }: Candidate): string =>
  original === null ? id : editedId(id, text);
