/** Moves places apart until each has its distance from the next, as little as it takes and inside the given ends. */
export function spread(
  places: readonly number[],
  distance: number,
  [low, high]: readonly [number, number],
): number[] {
  const order = places.map((_, at) => at).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  const moved = [...places];
  let floor = low;
  for (const at of order) {
    moved[at] = Math.max(moved[at] ?? 0, floor);
    floor = (moved[at] ?? 0) + distance;
  }
  let ceiling = high;
  for (const at of order.toReversed()) {
    moved[at] = Math.min(moved[at] ?? 0, ceiling);
    ceiling = (moved[at] ?? 0) - distance;
  }
  return moved;
}
