import * as z from 'zod';
import { LOGIT_TOLERANCE } from './parity.ts';

const count = z.number().int().min(0);

/** Where a tolerance comes from: the engine's own, or the precision that the server's profile states. */
const toleranceSourceSchema = z.enum(['engine', 'float32', 'bfloat16', 'quantised']);

/**
 * How whoever sat an exam stood to what the trainer recorded of the student. `equal`: every compared token the same and
 * every log-probability (of the engine: logit) within what fp32 sums in another order differ by. `plausible`: within
 * the tolerance, and no more can be said. `unchecked`: the student's folder has no record.
 */
export const parityVerdictSchema = z.discriminatedUnion('verdict', [
  z.object({
    verdict: z.literal('unchecked'),
    /** Name of the server's profile; null = the exam engine. */
    by: z.string().nullable(),
  }),
  z.object({
    verdict: z.enum(['equal', 'plausible']),
    by: z.string().nullable(),
    /** SHA-256 of the weights that the record is of. */
    weightsSha256: z.string(),
    compared: z.enum(['logits', 'ids', 'text']),
    prompts: count,
    /** Greedy tokens that were compared and are the same. */
    steps: count,
    /** Prompts whose continuations part where the record's two best tokens are nearer than `tolerance.margin`. */
    nearTies: count,
    /** |difference| of log-probabilities, of the engine of logits; null where none is told. */
    delta: z.object({ mean: z.number().nullable(), max: z.number() }).nullable(),
    /** `delta`: the most of the mean, of the engine of the largest. */
    tolerance: z.object({
      delta: z.number(),
      margin: z.number(),
      source: toleranceSourceSchema,
    }),
  }),
]);
export type ParityVerdict = z.infer<typeof parityVerdictSchema>;
export type CheckedParity = Extract<ParityVerdict, { verdict: 'equal' | 'plausible' }>;

/** What a check measured, before it has a word. */
export interface ParityFigures extends Omit<CheckedParity, 'verdict'> {
  /** Of how many of the compared tokens `delta` tells; all of them in the engine. */
  readonly told: number;
}

/** The word for a check that passed: equal is said only where every token and every figure were compared and hold. */
export function passed({ told, ...figures }: ParityFigures): CheckedParity {
  const { nearTies, steps, delta } = figures;
  const whole = nearTies === 0 && told >= steps && delta !== null;
  return { verdict: whole && delta.max < LOGIT_TOLERANCE ? 'equal' : 'plausible', ...figures };
}
