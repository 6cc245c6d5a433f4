export interface BackoffOptions {
  readonly baseMs: number;
  readonly capMs: number;
}

/** Full jitter: a uniform wait below base × 2^(failures − 1), at most the cap. `random` gives 0 ≤ x < 1. */
export function backoffMs(
  failures: number,
  { baseMs, capMs }: BackoffOptions,
  random: () => number,
): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.max(0, failures - 1));
  return Math.round(ceiling * (0.1 + 0.9 * random()));
}
