import { sha256Text } from '../hash.ts';
import type { Purpose, TeachingItem } from './records.ts';

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
  purpose: Purpose,
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

/**
 * Decides from what was already received: draws until `wanted` distinct rationales are accepted, at most two
 * more than that, then the person. The gate refuses duplicates, so accepted items are distinct.
 */
export function nextStep(
  items: readonly TeachingItem[],
  options: { readonly wanted: number; readonly start: number },
): LadderStep {
  const accepted = items.filter((item) => item.accepted).length;
  if (accepted >= options.wanted) return { next: 'enough' };
  const asked = items.length;
  if (asked >= options.wanted + DRAWS_BEYOND_WANTED) return { next: 'human-queue' };
  const last = items.at(-1);
  const draw = last === undefined ? options.start : last.draw + 1;
  if (asked < options.wanted) return { next: 'ask', draw, rung: 'plain' };
  return { next: 'ask', draw, rung: asked === options.wanted ? 'again' : 'shown' };
}
