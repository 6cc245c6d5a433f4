import * as z from 'zod/mini';
import { defineContract } from './contract.ts';

/** Between the host, which tails a run folder, and the Training panel. */

const count = z.int().check(z.nonnegative());

/** Points of a curve, decimated by the host to at most 600 (smallest and largest of each bucket are kept). */
export const pointSchema = z.object({
  step: count,
  lm: z.nullable(z.number()),
  pair: z.nullable(z.number()),
  loss: z.nullable(z.number()),
  cosPos: z.nullable(z.number()),
  cosNeg: z.nullable(z.number()),
  activeFrac: z.nullable(z.number()),
  logpChosen: z.nullable(z.number()),
  logpRejected: z.nullable(z.number()),
  margin: z.nullable(z.number()),
  accuracy: z.nullable(z.number()),
  lr: z.number(),
  gradNorm: z.nullable(z.number()),
  tokPerS: z.number(),
});
export type Point = z.infer<typeof pointSchema>;

/** Runs of tokens of the first batch: `trained` = they count in the loss. Text as the tokenizer decodes it. */
export const firstBatchRowSchema = z.object({
  id: z.string(),
  segments: z.array(
    z.object({
      /**
       * anchor: learnt word by word · positive, negative: compared with the anchor as wholes · chosen, rejected: their
       * probabilities are compared. An anchor can be another anchor's positive, or chosen, as well.
       */
      kind: z.enum(['prompt', 'anchor', 'positive', 'negative', 'chosen', 'rejected']),
      source: z.nullable(z.string()),
      spans: z.array(z.object({ text: z.string(), trained: z.boolean() })),
      tokens: count,
      trainedTokens: count,
    }),
  ),
});
export type FirstBatchRow = z.infer<typeof firstBatchRowSchema>;

/** How a run was trained; the pair term's settings by the names that tailor.json has for them. */
export const runSettingsSchema = z.object({
  mode: z.string(),
  pair: z.catchall(z.object({ kind: z.string() }), z.union([z.number(), z.string(), z.boolean()])),
  epochs: count,
  lr: z.number(),
});
export type RunSettings = z.infer<typeof runSettingsSchema>;

export const trainingSnapshotSchema = z.object({
  rev: count,
  project: z.string(),
  round: z.nullable(count),
  runId: z.nullable(z.string()),
  /** `settings` are null where a run's own file of them cannot be read. */
  runs: z.array(
    z.object({
      round: count,
      runId: z.string(),
      state: z.string(),
      settings: z.nullable(runSettingsSchema),
    }),
  ),
  state: z.enum([
    'none',
    'starting',
    'running',
    'silent',
    'stopping',
    'done',
    'failed',
    'cancelled',
  ]),
  phase: z.nullable(z.string()),
  /** How much of the phase is done, where it says so. */
  part: z.nullable(z.object({ done: count, of: count })),
  step: count,
  steps: count,
  epoch: z.number(),
  etaMs: z.nullable(z.number()),
  device: z.nullable(z.string()),
  precision: z.nullable(z.string()),
  coverage: z.nullable(z.object({ rows: count, questions: count, withPair: count })),
  points: z.array(pointSchema),
  bySource: z.record(
    z.string(),
    z.object({
      n: count,
      lm: z.nullable(z.number()),
      pair: z.nullable(z.number()),
      cosPos: z.nullable(z.number()),
      cosNeg: z.nullable(z.number()),
      activeFrac: z.nullable(z.number()),
      logpChosen: z.nullable(z.number()),
      logpRejected: z.nullable(z.number()),
      margin: z.nullable(z.number()),
      accuracy: z.nullable(z.number()),
    }),
  ),
  /** Over how many of the last steps `bySource` is the mean. */
  bySourceSteps: count,
  /** The language-model loss of each source over the run: means of stretches of steps, few enough to draw. */
  sourceCurves: z.array(
    z.object({
      source: z.string(),
      points: z.array(z.object({ step: count, lm: z.number() })),
    }),
  ),
  messages: z.array(
    z.object({
      t: z.string(),
      level: z.enum(['info', 'warning', 'error']),
      text: z.string(),
      hint: z.nullable(z.string()),
    }),
  ),
  /** The first rows of the first batch, and of how many; null before it was written. */
  firstBatch: z.nullable(z.object({ rows: z.array(firstBatchRowSchema), of: count })),
  memoryMB: z.nullable(z.number()),
  canStop: z.boolean(),
});
export type TrainingState = z.infer<typeof trainingSnapshotSchema>['state'];
export type TrainingSnapshot = z.infer<typeof trainingSnapshotSchema>;

export const trainingContract = defineContract({
  requests: {
    init: {
      params: z.object({}),
      result: z.object({
        snapshot: trainingSnapshotSchema,
        strings: z.record(z.string(), z.string()),
      }),
    },
    show: {
      params: z.object({ round: count, runId: z.string() }),
      result: z.object({ rev: count }),
    },
    run: {
      params: z.object({ verb: z.enum(['train', 'stop', 'show-log', 'open-folder']) }),
      result: z.object({}),
    },
  },
  events: { snapshot: trainingSnapshotSchema },
});
export type TrainingContract = typeof trainingContract;
