import * as z from 'zod/mini';

const count = z.int().check(z.nonnegative());
const text = z.string();

/** How many mistakes of the round there are, by what was decided on them. */
export const countsSchema = z.object({
  /** Mistakes of the round, by status; `total` is their sum. */
  total: count,
  todo: count,
  accepted: count,
  edited: count,
  rejected: count,
  flagged: count,
  byRule: count,
  pairs: count,
});

/** What is under way, and how far it is. */
export const jobSchema = z.object({
  stage: text,
  done: count,
  total: count,
  etaMs: z.nullable(z.number()),
  note: z.nullable(text),
});

/** What stands above everything else until somebody has dealt with it. */
export const bannerSchema = z.object({
  code: z.enum([
    'untrusted',
    'no-key',
    'programmatic',
    'file-error',
    'changed-on-disk',
    'orphans',
    'paced',
  ]),
  message: text,
  /** Label and verb of its one button, where it has one. */
  action: z.nullable(z.object({ label: text, verb: text })),
});

/** How a spot check stands. */
export const spotCheckSchema = z.object({
  /**
   * Items drawn at random from `population`, decided so far, and of these bad: decided otherwise than accepting them with
   * all the others would have.
   */
  drawn: count,
  decided: count,
  bad: count,
  population: count,
  /** Upper end of the exact two-sided 95 % interval of the population's share of bad items; null before the sample is done. */
  bound: z.nullable(z.number()),
  /** How many undecided items of the stratum an acceptance would take. */
  remaining: count,
  /** False when the person picked the sample or changed the filter: the bound says nothing then. */
  random: z.boolean(),
});
