import * as z from 'zod';

const envelope = {
  v: z.literal(1),
  seq: z.number().int().min(0),
  attempt: z.number().int().min(1),
  t: z.string(),
  runId: z.string(),
};
const count = z.number().int().min(0);
const device = z.object({ kind: z.string(), name: z.string(), memoryMB: z.number().nullable() });
const artifact = z.object({ kind: z.string(), path: z.string(), sha256: z.string(), bytes: count });
/** Of pairs that are about log-probabilities: means over `pairs` pairs. Null for other objectives, and without pairs. */
const preferenceSchema = z
  .object({
    pairs: count,
    /** Of the chosen and of the rejected text, for each token. */
    logpChosen: z.number().nullable(),
    logpRejected: z.number().nullable(),
    /** What the logistic function is taken of: with dpo the difference of the implicit rewards. */
    margin: z.number().nullable(),
    /** The share of pairs whose margin is above 0, beyond rounding. */
    accuracy: z.number().nullable(),
  })
  .nullable()
  // Trainings of before had no such pairs.
  .default(null);
const metrics = {
  step: count,
  epoch: z.number(),
  loss: z.number().nullable(),
  lm: z.number().nullable(),
  pair: z.number().nullable(),
  cosPos: z.number().nullable(),
  cosNeg: z.number().nullable(),
  activeFrac: z.number().nullable(),
  preference: preferenceSchema,
  pairsInBatch: count,
  lr: z.number(),
  gradNorm: z.number().nullable(),
  tokPerS: z.number(),
  padFrac: z.number(),
  memMB: z.number(),
};

/** The records of events.jsonl (trainer.md §6). Readers ignore unknown types of a known version. */
export const trainerEventSchema = z.discriminatedUnion('type', [
  z.object({
    ...envelope,
    type: z.literal('hello'),
    protocol: z.array(z.number().int()),
    version: z.string(),
    python: z.string(),
    torch: z.string().nullable(),
    transformers: z.string().nullable(),
    pid: count,
    startTime: z.string(),
    host: z.string(),
    nonce: z.string(),
  }),
  z.object({
    ...envelope,
    type: z.literal('ready'),
    device: z.array(device),
    worldSize: count,
    backend: z.string(),
    workerPid: count,
    precision: z.string(),
    reasons: z.record(z.string(), z.string()),
  }),
  z.object({
    ...envelope,
    type: z.literal('accepted'),
    configHash: z.string(),
    dataHash: z.string(),
    steps: count,
    rows: count,
    pairCoverage: z.object({
      questions: count,
      withPair: count,
      bySource: z.record(z.string(), count),
    }),
    dropped: z.array(z.object({ id: z.string(), reason: z.string() })),
    droppedCount: count,
  }),
  z.object({
    ...envelope,
    type: z.literal('phase'),
    name: z.enum([
      'importing',
      'loading',
      'referencing',
      'probing',
      'training',
      'evaluating',
      'saving',
      'stopping',
      'exporting',
      'parity',
    ]),
  }),
  /** How far the phase `referencing` is, in micro-batches. */
  z.object({ ...envelope, type: z.literal('reference'), done: count, of: count }),
  z.object({
    ...envelope,
    type: z.literal('progress'),
    step: count,
    steps: count,
    epoch: z.number(),
    etaMs: z.number().nullable(),
  }),
  z.object({
    ...envelope,
    type: z.literal('metrics'),
    ...metrics,
    bySource: z.record(
      z.string(),
      z.object({
        n: count,
        lm: z.number().nullable(),
        pair: z.number().nullable(),
        // Trainings of before did not tell these apart.
        cosPos: z.number().nullable().default(null),
        cosNeg: z.number().nullable().default(null),
        activeFrac: z.number().nullable().default(null),
        preference: preferenceSchema,
      }),
    ),
  }),
  /** A probe answered greedily after an epoch; `answer` is what the grader read, null for nothing. */
  z.object({
    ...envelope,
    type: z.literal('sample'),
    epoch: count,
    step: count,
    questionId: z.string(),
    text: z.string(),
    answer: z.string().nullable(),
    correct: z.boolean(),
    /** As in an exam; `time`: cut off at the time limit of the probes. */
    finish: z.enum(['eos', 'stop', 'length', 'loop', 'time']),
  }),
  /** All probes of an epoch together; `ci` is the 95 % Wilson interval of the share correct. */
  z.object({
    ...envelope,
    type: z.literal('eval'),
    epoch: count,
    step: count,
    split: z.enum(['dev', 'probe']),
    n: count,
    correct: count,
    unextracted: count,
    ci: z.tuple([z.number(), z.number()]),
    seconds: z.number(),
  }),
  z.object({
    ...envelope,
    type: z.literal('checkpoint'),
    path: z.string(),
    step: count,
    kind: z.enum(['periodic', 'cancel', 'asked', 'final']),
  }),
  z.object({ ...envelope, type: z.literal('oom'), microBatch: count, newMicroBatch: count }),
  z.object({ ...envelope, type: z.literal('warning'), code: z.string(), message: z.string() }),
  z.object({ ...envelope, type: z.literal('log'), level: z.string(), msg: z.string() }),
  z.object({
    ...envelope,
    type: z.literal('heartbeat'),
    step: count,
    stepAgeMs: z.number(),
    rssMB: z.number(),
    gpuMB: z.number().nullable(),
  }),
  z.object({
    ...envelope,
    type: z.literal('error'),
    code: z.enum([
      'BAD_CONFIG',
      'DATA_INVALID',
      'MODEL_LOAD',
      'NO_GPU',
      'OOM',
      'NONFINITE',
      'DISK_FULL',
      'CKPT_MISMATCH',
      'PROTOCOL',
      'DEPS_MISSING',
      'INTERNAL',
    ]),
    message: z.string(),
    hint: z.string(),
    traceback: z.string().nullable(),
    retryable: z.boolean(),
  }),
  z.object({
    ...envelope,
    type: z.literal('done'),
    artifacts: z.array(artifact),
    summary: z.object({
      steps: count,
      seconds: z.number(),
      tokens: count,
      firstLoss: z.number().nullable(),
      lastLoss: z.number().nullable(),
      firstLm: z.number().nullable(),
      lastLm: z.number().nullable(),
      cosPos: z.number().nullable(),
      cosNeg: z.number().nullable(),
      activeFrac: z.number().nullable(),
      preference: preferenceSchema,
    }),
  }),
  z.object({ ...envelope, type: z.literal('cancelled'), checkpoint: z.string().nullable() }),
]);
export type TrainerEvent = z.infer<typeof trainerEventSchema>;

/** Terminal records: nothing follows them in the same attempt. */
export function isTerminal(event: TrainerEvent): boolean {
  return event.type === 'done' || event.type === 'error' || event.type === 'cancelled';
}
