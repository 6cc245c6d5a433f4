import type { ItemFlag, Row, Sort } from '../../shared/reviewQueue.ts';

/** What a person should look at first: a wrong gold spoils everything else, a repeat miss nothing. */
export const FLAG_ORDER: readonly ItemFlag[] = [
  'disagreed',
  'second-opinion',
  'gold-in-doubt',
  'question-changed',
  'gold-changed',
  'gate-failed',
  'attempt-in-doubt',
  'right-by-luck',
  'no-candidate',
  'forgotten',
  'repeat-miss',
];

const RANK = new Map(FLAG_ORDER.map((flag, rank) => [flag, rank]));

/** What the next round should see first: what was lost, then what wavers, then what was never got. */
const COURSES: Readonly<Record<Row['trajectory'], number>> = {
  forgotten: 0,
  flaky: 2,
  stubborn: 4,
  unclear: 6,
  learned: 8,
  known: 10,
};

/** Smaller comes first; equal keys keep the data's order. */
export function sortKey(row: Row, sort: Sort): number {
  const share = row.samples === 0 ? 1 : row.right / row.samples;
  switch (sort) {
    case 'flagged-first':
      return row.flags.reduce(
        (best, flag) => Math.min(best, RANK.get(flag) ?? FLAG_ORDER.length),
        FLAG_ORDER.length,
      );
    case 'trajectory':
      return COURSES[row.trajectory] + share;
    case 'least-right':
      return share;
    case 'most-missed':
      return share - row.misses * 2;
    case 'data-order':
      return 0;
  }
}

/** Places by their keys, equal ones in the order in which they came: few distinct keys, so no comparison sort. */
export function sortedByKey(places: readonly number[], keyOf: (place: number) => number): number[] {
  const buckets = new Map<number, number[]>();
  for (const place of places) {
    const key = keyOf(place);
    const bucket = buckets.get(key);
    if (bucket) bucket.push(place);
    else buckets.set(key, [place]);
  }
  return [...buckets.keys()].sort((a, b) => a - b).flatMap((key) => buckets.get(key) ?? []);
}
