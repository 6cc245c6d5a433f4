import { sha256Text } from '../hash.ts';
import type { TeachingPurpose, TeachingItem } from './records.ts';

/** Requests after the wanted ones: once more the same, then once with the gold or the mismatch shown. */
export const DRAWS_BEYOND_WANTED = 2;
/** Draws of one ladder; a reviewer's hint starts a ladder of its own, with draws of its own. */
const LADDER_WIDTH = 100;

export type Rung = 'plain' | 'again' | 'shown';

/** The next thing to do for a question. `draw` continues the question's ladder and is never used twice in it. */
export type LadderStep =
  | { readonly next: 'ask'; readonly draw: number; readonly rung: Rung }
  | { readonly next: 'enough' }
  | { readonly next: 'human-queue' };

/** The first draw of a ladder: 0, or a place of its own for each hint text. */
export function ladderStart(hint: string | undefined): number {
  if (hint === undefined) return 0;
  return (1 + (Number.parseInt(sha256Text(hint).slice(0, 8), 16) % 1_000_000)) * LADDER_WIDTH;
}

/** The items that belong to this ladder: same purpose, same attempt, draws of this hint; in order of draw. */
export function ladderItems(
  previous: readonly TeachingItem[],
  purpose: TeachingPurpose,
  start: number,
  attemptHash: string | null,
): TeachingItem[] {
  return previous
    .filter(
      (item) =>
        item.purpose === purpose &&
        item.draw >= start &&
        item.draw < start + LADDER_WIDTH &&
        (item.about?.textHash ?? null) === attemptHash,
    )
    .sort((a, b) => a.draw - b.draw);
}

/** The draws of a ladder that came before others which are there: what was made of them is lost. */
export function lostDraws(items: readonly TeachingItem[], start: number): number[] {
  const known = new Set(items.map(({ draw }) => draw));
  const end = Math.max(start, ...known);
  return Array.from({ length: end - start }, (_, at) => start + at).filter(
    (draw) => !known.has(draw),
  );
}

/** What a draw of a ladder asks with; `place` counts from the ladder's start. */
export function rungOf(place: number, wanted: number): Rung {
  if (place < wanted) return 'plain';
  return place === wanted ? 'again' : 'shown';
}

/**
 * Decides from what was already received: draws until `wanted` distinct rationales are accepted, at most two
 * more than that, then the person. The gate refuses duplicates, so accepted items are distinct. A draw that was lost
 * comes first: its reply may still be there, and a new draw would be paid for.
 */
export function nextStep(
  items: readonly TeachingItem[],
  options: { readonly wanted: number; readonly start: number },
): LadderStep {
  const accepted = items.filter((item) => item.accepted).length;
  if (accepted >= options.wanted) return { next: 'enough' };
  if (items.length >= options.wanted + DRAWS_BEYOND_WANTED) return { next: 'human-queue' };
  const last = items.at(-1);
  const following = last === undefined ? options.start : last.draw + 1;
  const draw = lostDraws(items, options.start)[0] ?? following;
  return { next: 'ask', draw, rung: rungOf(draw - options.start, options.wanted) };
}
