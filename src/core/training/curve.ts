/** What a curve is thinned by: extremes of these two are what a person looks for. */
export interface CurvePoint {
  readonly lm: number | null;
  readonly pair: number | null;
}

/**
 * At most `most` points of a curve: the first, the last, and of each stretch in between those with the smallest and
 * largest value of either loss, so that no spike disappears. Order is kept; few points are returned as they are.
 */
export function thinned<P extends CurvePoint>(points: readonly P[], most: number): readonly P[] {
  if (points.length <= most) return points;
  const kept = new Set<number>([0, points.length - 1]);
  const stretches = Math.max(1, Math.floor((most - 2) / 4));
  const inner = points.length - 2;
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = 1 + Math.floor((stretch * inner) / stretches);
    const to = 1 + Math.floor(((stretch + 1) * inner) / stretches);
    for (const key of ['lm', 'pair'] as const) {
      for (const at of extremes(points, key, from, to)) kept.add(at);
    }
  }
  return points.filter((_, at) => kept.has(at));
}

function extremes(
  points: readonly CurvePoint[],
  key: 'lm' | 'pair',
  from: number,
  to: number,
): number[] {
  let low: { at: number; value: number } | null = null;
  let high: { at: number; value: number } | null = null;
  for (let at = from; at < to; at += 1) {
    const value = points[at]?.[key] ?? null;
    if (value === null) continue;
    if (low === null || value < low.value) low = { at, value };
    if (high === null || value > high.value) high = { at, value };
  }
  return low === null || high === null ? [] : [low.at, high.at];
}
