import type { Curation } from '../curation/curation.ts';
import { reviewItems, type ReviewItem } from '../curation/reviewItem.ts';
import type { Opinion } from '../teaching/records.ts';
import type { RoundStore } from './store.ts';

/** Which questions and rationales are looked at. */
export interface OpinionItemsOf {
  /** Whose rationales, oldest round first; this round's alone when absent. */
  readonly rounds?: readonly number[];
  /** Only questions with an opinion. */
  readonly judged?: boolean;
}

/**
 * The questions of a round with its rationales and what teachers said of them in this round and before: an opinion is
 * about a text, and the text may come again. All that an opinion is about.
 */
export async function opinionItems(
  store: RoundStore,
  round: number,
  curation: Curation,
  { rounds = [round], judged = false }: OpinionItemsOf = {},
): Promise<ReviewItem[]> {
  const opinions = await opinionsUpTo(store, round);
  if (judged && opinions.length === 0) return [];
  const ids = new Set(opinions.map(({ questionId }) => questionId));
  const isMeant = (id: string): boolean => !judged || ids.has(id);
  const candidates = [];
  for (const of of rounds) {
    const items = await store.items(of);
    candidates.push({ round: of, items: items.filter(({ questionId }) => isMeant(questionId)) });
  }
  const { gate, curation: limits } = store.project;
  return reviewItems({
    round,
    gate,
    useDatasetRationales: limits.useDatasetRationales,
    questions: (await store.questions('train')).filter(({ id }) => isMeant(id)),
    attempts: [],
    candidates,
    opinions,
    history: [],
    curation,
  });
}

/** What teachers said in rounds 0…round: what was asked in the same words in two of them is one opinion. */
export async function opinionsUpTo(store: RoundStore, round: number): Promise<Opinion[]> {
  const opinions = new Map<string, Opinion>();
  for (const of of roundsUpTo(round)) {
    for (const one of await store.opinions(of)) {
      if (!opinions.has(one.key)) opinions.set(one.key, one);
    }
  }
  return [...opinions.values()];
}

/** Rounds 0…round. */
export const roundsUpTo = (round: number): number[] =>
  Array.from({ length: round + 1 }, (_, at) => at);
