/** A measured value at a place; null where nothing was measured. */
export interface Measured {
  readonly x: number;
  readonly y: number | null;
}

/** A value that was measured. */
export interface Known {
  readonly x: number;
  readonly y: number;
}

/** The most points a line is drawn with. */
export const MOST_POINTS = 600;

/**
 * At most `most` of the known points, in order: the first, the last, and of each stretch between them the smallest and
 * the largest, so that no spike disappears.
 */
export function decimated(points: readonly Measured[], most: number = MOST_POINTS): Known[] {
  const known: Known[] = [];
  for (const { x, y } of points) if (y !== null && Number.isFinite(y)) known.push({ x, y });
  if (known.length <= most) return known;
  const kept = new Set([0, known.length - 1]);
  const stretches = Math.max(1, Math.floor((most - 2) / 2));
  const inner = known.length - 2;
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = 1 + Math.floor((stretch * inner) / stretches);
    const to = 1 + Math.floor(((stretch + 1) * inner) / stretches);
    let [low, high] = [from, from];
    for (let at = from; at < to; at += 1) {
      const y = known[at]?.y ?? 0;
      if (y < (known[low]?.y ?? 0)) low = at;
      if (y > (known[high]?.y ?? 0)) high = at;
    }
    if (from < to) kept.add(low).add(high);
  }
  return known.filter((_, at) => kept.has(at));
}
