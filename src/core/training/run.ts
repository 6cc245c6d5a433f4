import * as z from 'zod';
import type { AnswerKind } from '../dataset/question.ts';
import { chatFrameSchema } from '../exam/chatFrame.ts';

const FROM_0_TO_10 = 'must be a number from 0 to 10';
const ratio = z
  .number()
  .min(0, FROM_0_TO_10)
  .max(10, FROM_0_TO_10)
  .default(0.1)
  .describe('Weight of the pair term; 0 leaves it out.');

/** The kinds of the pair term that are about log-probabilities. */
export const PREFERENCES = ['dpo', 'tpo', 'orpo'] as const;

const ABOVE_0_TO_100 = 'must be a number above 0 and at most 100';

/** What each kind of the pair term has beside its weight; `none` takes the triplet's and reads none of them. */
const PAIR_SETTINGS: Readonly<Record<string, readonly string[]>> = {
  none: [],
  triplet: ['margin', 'repr'],
  dpo: ['beta', 'lengthNormalise'],
  tpo: ['beta', 'lengthNormalise'],
  orpo: [],
};
const quoted = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(', ');

/** Whose settings those are that a kind does not have: a kind is often changed and the settings of the last one left. */
function foreignSettings(keys: readonly string[], kind: string): string {
  const own = ['ratio', ...(PAIR_SETTINGS[kind] ?? [])].join(', ');
  const owners = Object.entries(PAIR_SETTINGS).flatMap(([name, settings]) =>
    keys.every((key) => settings.includes(key)) ? [name] : [],
  );
  const named = keys.join(', ');
  const [is, settings, it] =
    keys.length === 1 ? ['is', 'a setting', 'it'] : ['are', 'settings', 'them'];
  return owners.length === 0
    ? `${named} ${is} no ${keys.length === 1 ? 'setting' : 'settings'} of "${kind}", which has ${own}`
    : `${named} ${is} ${settings} of ${quoted(owners)}; "${kind}" has ${own}. Delete ${it}`;
}

/** The error of an object that has a key which its kind has not. */
const ofKind = {
  error: ({ code, keys, input }: { code: string; keys?: unknown; input?: unknown }) => {
    if (code !== 'unrecognized_keys' || !Array.isArray(keys)) return undefined;
    const kind: unknown =
      typeof input === 'object' && input !== null && 'kind' in input ? input.kind : undefined;
    return foreignSettings(keys.map(String), typeof kind === 'string' ? kind : 'triplet');
  },
};

/** A setting that a kind does not have is refused, here and by the trainer. Whoever names no kind means the triplet. */
const pairSchema = z
  .discriminatedUnion(
    'kind',
    [
      z.strictObject(
        {
          kind: z
            .enum(['none', 'triplet'])
            .optional()
            .default('triplet')
            .describe(
              '"triplet": draws the hidden states of right rationales together and the student’s own wrong text away; "none": plain fine-tuning on the rationales.',
            ),
          ratio,
          margin: z
            .number()
            .min(0, 'must be a number from 0 to 2')
            .max(2, 'must be a number from 0 to 2')
            .default(1)
            .describe('Of the triplet: by how much the cosines are to differ.'),
          repr: z
            .enum(['last', 'pool'])
            .default('last')
            .describe('Of the triplet: the hidden state of the last token, or the mean of all.'),
        },
        ofKind,
      ),
      z.strictObject(
        {
          kind: z
            .enum(['dpo', 'tpo'])
            .describe(
              '"dpo": makes the right rationale likelier than the student’s own wrong text, compared with the student that training begins with; "tpo": the same without that comparison.',
            ),
          ratio,
          beta: z
            .number()
            .gt(0, ABOVE_0_TO_100)
            .max(100, ABOVE_0_TO_100)
            .default(0.1)
            .describe('How much a difference of log-probabilities counts.'),
          lengthNormalise: z
            .boolean()
            .default(false)
            .describe('Takes log-probabilities for each token instead of their sum over a text.'),
        },
        ofKind,
      ),
      z.strictObject(
        {
          kind: z
            .literal('orpo')
            .describe('Raises the odds of the right rationale over those of the wrong text.'),
          ratio,
        },
        ofKind,
      ),
    ],
    {
      error: ({ input }) =>
        typeof input === 'object' && input !== null && 'kind' in input
          ? `${JSON.stringify(input.kind)} is no kind: there are ${quoted(Object.keys(PAIR_SETTINGS))}`
          : undefined,
    },
  )
  .prefault({});

/** What the trainer's loss is made of. */
export const objectiveSchema = z.strictObject({
  lm: z
    .strictObject({
      promptWeight: z.number().min(0).max(1).default(0),
      normalise: z.enum(['completion', 'repo']).default('completion'),
      tokenWeights: z.enum(['uniform']).default('uniform'),
    })
    .prefault({}),
  pair: pairSchema,
});
export type Objective = z.infer<typeof objectiveSchema>;

/** Where neither the project nor run.json gives a learning rate. */
export const DEFAULT_LR = { full: 1e-5, lora: 2e-4, qlora: 2e-4 } as const;

export const optimSchema = z.strictObject({
  /** By the mode of training when absent: DEFAULT_LR. */
  lr: z.number().gt(0).max(1).optional(),
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

export const modeSchema = z.enum(['full', 'lora', 'qlora']);
export const precisionSchema = z.enum(['auto', 'float32', 'bfloat16', 'float16']);

/** A block's linear layers, in the order of the forward. */
export const LORA_TARGETS = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
] as const;

/** Low-rank adapters on a frozen base: W x + (alpha / r) · B A x. */
export const loraSchema = z.strictObject({
  r: z.number().int().min(1).max(1024).default(16),
  alpha: z.number().gt(0).max(4096).default(32),
  dropout: z.number().min(0).max(0.9).default(0.05),
  targets: z
    .array(z.enum(LORA_TARGETS))
    .min(1)
    .refine((names) => new Set(names).size === names.length)
    .default([...LORA_TARGETS]),
});

/** The kinds of answers that the trainer grades by the exam's own rules: tailor_bridge/grade_answer.py. */
export const PROBE_KINDS = [
  'number',
  'choice',
  'yes-no',
  'exact',
] as const satisfies readonly AnswerKind[];

const probeSchema = z
  .strictObject({
    id: z.string().min(1),
    prompt: z.string().min(1),
    gold: z.string().min(1),
    /** `number` where it is absent. */
    kind: z.enum(PROBE_KINDS).optional(),
    /** The texts behind (a), (b), …: of every choice, and of nothing else. */
    choices: z.array(z.string()).min(2).max(26).optional(),
  })
  .refine(({ kind, choices }) => (kind === 'choice') === (choices !== undefined), {
    path: ['choices'],
  });

/** Held-out questions that the student answers greedily after every epoch; they decide nothing. Never of the test set. */
export const probesSchema = z
  .strictObject({
    items: z.array(probeSchema).max(64),
    maxNewTokens: z.number().int().min(1).max(4096),
    stopAtAnswerLine: z.boolean(),
    /** The probes of one epoch are cut off after so many seconds. */
    seconds: z.number().gt(0).max(3600),
    /** Dev questions that cannot be probes, for the trainer cannot grade them; it says so. */
    leftOut: z.number().int().min(1).optional(),
  })
  .refine(({ items, leftOut }) => items.length > 0 || leftOut !== undefined, { path: ['items'] });
export type Probes = z.infer<typeof probesSchema>;

const hex64 = z.string().regex(/^[0-9a-f]{64}$/u);

/** An absolute path of whatever system, or one that counts from the run folder. */
const runPath = z.string().regex(/^(?:\.{1,2}\/|[/\\]|[A-Za-z]:[/\\])/u);

const writtenSchema = z.strictObject({
  v: z.literal(1),
  runId: z.string().regex(/^[a-z0-9-]{4,64}$/u),
  model: z.strictObject({ path: runPath, digest: hex64, trustRemoteCode: z.literal(false) }),
  init: z.enum(['base', 'last']),
  data: z.strictObject({ path: runPath, rows: z.number().int().min(1), sha256: hex64 }),
  promptForm: z.string(),
  /** The student's chat template around every prompt; plain prompts without. */
  chat: chatFrameSchema.optional(),
  mode: modeSchema,
  /** The trainer's own defaults when absent; refused in mode full. */
  lora: loraSchema.optional(),
  objective: objectiveSchema,
  optim: optimSchema,
  precision: precisionSchema,
  gradCheckpoint: z.boolean(),
  seed: z.number().int().min(0),
  maxLen: z.number().int().min(8),
  save: z.strictObject({ everySteps: z.number().int().min(1), keep: z.number().int().min(1) }),
  /** The finished student folder: written beside it first, then renamed. */
  export: z.strictObject({
    path: runPath,
    studentId: z.string(),
    /** `base`: that of the base's own files, fp32 where these are neither. */
    dtype: z.enum(['float32', 'bfloat16', 'base']),
  }),
  /** CPU threads; null = physical cores. */
  threads: z.number().int().min(1).nullable(),
  device: z.enum(['auto', 'cpu', 'cuda']),
  /** Several processes on this computer; `accelerate` is a configuration file of accelerate. */
  launch: z
    .strictObject({
      processes: z.number().int().min(1).max(1024).default(1),
      /** Each with so many processes; machine 0 is the host's. */
      machines: z.number().int().min(2).max(64).optional(),
      accelerate: runPath.optional(),
    })
    .optional(),
  /** No part of what names a run: the weights are the same without them. */
  probes: probesSchema.optional(),
});

/**
 * run.json, written once by the host before the trainer starts. In the file, paths inside the project count from the run
 * folder and begin with `./` or `../`; in memory all are absolute. Unknown keys are errors here and warnings in Python.
 * Golden files for both sides: test/fixtures/run/.
 */
export const runConfigSchema = writtenSchema
  .refine(({ mode, lora }) => mode !== 'full' || lora === undefined, { path: ['lora'] })
  .transform(({ lora, optim, ...rest }) => ({
    ...rest,
    optim: { ...optim, lr: optim.lr ?? DEFAULT_LR[rest.mode] },
    ...(rest.mode === 'full' ? {} : { lora: lora ?? loraSchema.parse({}) }),
  }));
export type RunConfig = z.infer<typeof runConfigSchema>;
