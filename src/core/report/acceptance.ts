import type { z } from 'zod';
import type { acceptanceSchema } from '../../shared/dashboardContract.ts';
import { rateOf } from '../round/statistics.ts';
import type { Picture } from './picture.ts';
import type { TaughtItem } from './teaching.ts';

export type AcceptanceView = z.infer<typeof acceptanceSchema>;
export type AcceptanceBy = 'prompt' | 'error-kind';

/** What the items were asked with, or the kind of error that they answer; null for one that has none. */
const NAMES: Readonly<Record<AcceptanceBy, (item: TaughtItem) => string | null>> = {
  prompt: ({ prompt }) => prompt,
  'error-kind': ({ errorKind }) => errorKind,
};

/** The teacher's items by name, in the order of their first one. */
export function itemsBy(
  { rounds }: Picture,
  by: AcceptanceBy,
): ReadonlyMap<string, readonly TaughtItem[]> {
  const groups = new Map<string, TaughtItem[]>();
  for (const { taught } of rounds) {
    for (const item of taught.items) {
      const name = NAMES[by](item);
      if (name === null) continue;
      const group = groups.get(name);
      if (group) group.push(item);
      else groups.set(name, [item]);
    }
  }
  return groups;
}

/** How often what the teacher wrote passed the gate and was taken by a person; a rule's word counts for nobody's. */
export function acceptanceViews(picture: Picture, by: AcceptanceBy): AcceptanceView[] {
  return [...itemsBy(picture, by)].map(([name, items]) => {
    const decided = items.flatMap(({ itemId }) => {
      const decision = picture.curation.items.get(itemId);
      return decision?.by === 'person' ? [decision] : [];
    });
    const taken = decided.filter(({ status }) => status === 'accepted');
    const edited = taken.filter(({ rationale }) => rationale !== undefined).length;
    return {
      name,
      items: items.length,
      questions: questionsOf(items).length,
      passed: rateOf(items.filter(({ accepted }) => accepted).length, items.length),
      accepted: rateOf(taken.length - edited, decided.length),
      edited,
    };
  });
}

/** The questions that items are about, each once. */
export function questionsOf(items: readonly TaughtItem[]): string[] {
  return [...new Set(items.map(({ questionId }) => questionId))];
}
