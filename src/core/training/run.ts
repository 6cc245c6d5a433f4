import * as z from 'zod';

/** trainer.md §3. Only `triplet` and `none` are built so far; the trainer answers BAD_CONFIG to the others. */
export const objectiveSchema = z.strictObject({
  lm: z
    .strictObject({
      promptWeight: z.number().min(0).max(1).default(0),
      normalise: z.enum(['completion', 'repo']).default('completion'),
      tokenWeights: z.enum(['uniform']).default('uniform'),
    })
    .prefault({}),
  pair: z
    .strictObject({
      kind: z.enum(['none', 'triplet']).default('triplet'),
      ratio: z.number().min(0).max(10).default(0.1),
      margin: z.number().min(0).max(2).default(1),
      repr: z.enum(['last', 'pool']).default('last'),
    })
    .prefault({}),
});
export type Objective = z.infer<typeof objectiveSchema>;

export const optimSchema = z.strictObject({
  lr: z.number().gt(0).max(1).default(1e-5),
  schedule: z.enum(['cosine', 'linear', 'constant']).default('cosine'),
  /** Share of the steps. */
  warmup: z.number().min(0).max(1).default(0.03),
  weightDecay: z.number().min(0).max(1).default(0.01),
  clip: z.number().gt(0).default(1),
  epochs: z.number().int().min(1).max(1000).default(3),
  /** Rows (anchors) per optimizer step. */
  globalBatch: z.number().int().min(1).max(4096).default(16),
  /** Upper bound of packed tokens (padding included) in one micro-batch. */
  tokenBudget: z.number().int().min(64).default(4096),
});
export type Optim = z.infer<typeof optimSchema>;

/** Held-out questions that the student answers greedily after every epoch; they decide nothing. Never of the test set. */
export const probesSchema = z.strictObject({
  items: z
    .array(
      z.strictObject({ id: z.string().min(1), prompt: z.string().min(1), gold: z.string().min(1) }),
    )
    .min(1)
    .max(64),
  maxNewTokens: z.number().int().min(1).max(4096),
  stopAtAnswerLine: z.boolean(),
  /** The probes of one epoch are cut off after so many seconds. */
  seconds: z.number().gt(0).max(3600),
});
export type Probes = z.infer<typeof probesSchema>;

const hex64 = z.string().regex(/^[0-9a-f]{64}$/u);

/**
 * run.json, written once by the host before the trainer starts. Paths are absolute. Unknown keys are errors here and
 * warnings in Python. Golden files for both sides: test/fixtures/run/.
 */
export const runConfigSchema = z.strictObject({
  v: z.literal(1),
  runId: z.string().regex(/^[a-z0-9-]{4,64}$/u),
  model: z.strictObject({ path: z.string(), digest: hex64, trustRemoteCode: z.literal(false) }),
  init: z.enum(['base', 'last']),
  data: z.strictObject({ path: z.string(), rows: z.number().int().min(1), sha256: hex64 }),
  promptForm: z.string(),
  mode: z.enum(['full', 'lora', 'qlora']),
  objective: objectiveSchema,
  optim: optimSchema,
  precision: z.enum(['auto', 'float32', 'bfloat16']),
  gradCheckpoint: z.boolean(),
  seed: z.number().int().min(0),
  maxLen: z.number().int().min(8),
  save: z.strictObject({ everySteps: z.number().int().min(1), keep: z.number().int().min(1) }),
  /** The finished student folder: written beside it first, then renamed. */
  export: z.strictObject({
    path: z.string(),
    studentId: z.string(),
    dtype: z.enum(['float32', 'bfloat16']),
  }),
  /** CPU threads; null = physical cores. */
  threads: z.number().int().min(1).nullable(),
  device: z.enum(['auto', 'cpu', 'cuda']),
  /** No part of what names a run: the weights are the same without them. */
  probes: probesSchema.optional(),
});
export type RunConfig = z.infer<typeof runConfigSchema>;
