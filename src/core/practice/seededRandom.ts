/** Whole numbers from a seed: the same seed always gives the same sequence, on every machine. */
export interface SeededRandom {
  /** A whole number from 0 to `count` − 1. */
  below(count: number): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
}

/** Counter-based: each draw is a mixed multiple of the golden ratio (the finaliser of MurmurHash3, 32 bits). */
export function seededRandom(seed: number): SeededRandom {
  let counter = Math.imul(seed ^ 0x2545f491, 0x9e3779b1);
  const next = (): number => {
    counter = (counter + 0x9e3779b9) | 0;
    let mixed = Math.imul(counter ^ (counter >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  const below = (count: number): number => Math.floor((next() / 2 ** 32) * count);
  return { below, between: (low, high) => low + below(high - low + 1) };
}
