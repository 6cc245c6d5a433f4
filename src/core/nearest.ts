/** How many letters one has to add, take away, change or swap with their neighbour to make one word of the other. */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, place) => place);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + change);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, (before[j - 2] ?? 0) + 1);
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Longer names are not worth the work: nobody mistypes a page. */
const LONGEST = 200;

/** The known name that somebody most likely meant; null where none is near: a third of the letters, four at most. */
export function nearest(name: string, known: Iterable<string>): string | null {
  const wanted = name.toLowerCase();
  if (wanted === '' || wanted.length > LONGEST) return null;
  let best: string | null = null;
  let least = Math.min(4, Math.floor(wanted.length / 3)) + 1;
  for (const one of known) {
    if (one === name || Math.abs(one.length - wanted.length) >= least) continue;
    const far = distance(wanted, one.toLowerCase());
    if (far < least) [best, least] = [one, far];
  }
  return best;
}
