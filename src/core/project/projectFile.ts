import * as z from 'zod';
import { samplingSchema } from '../exam/attempt.ts';
import { chatFrameSchema } from '../exam/chatFrame.ts';
import { relativePathSchema } from './relativePath.ts';
import {
  loraSchema,
  modeSchema,
  objectiveSchema,
  optimSchema,
  precisionSchema,
} from '../training/run.ts';

/** tailor.json: what a project is. Endpoints, keys and executables are never in it. Unknown keys are refused. */
export const projectFileSchema = z.strictObject({
  $schema: z.string().optional(),
  v: z.literal(1),
  name: z.string().min(1).max(100),
  task: z.enum(['numeric']),
  data: z.strictObject({
    train: relativePathSchema,
    dev: relativePathSchema,
    /** Further sets that sit the greedy exam and are reported apart, by name. */
    extra: z
      .record(
        z.string().regex(/^(?!(?:train|dev|test)$)[a-z][a-z0-9-]{0,30}$/u),
        relativePathSchema,
      )
      .default({}),
    /** Examined by an explicit act alone, which is counted; no step of the loop reads it but to keep it out of train. */
    test: relativePathSchema.optional(),
  }),
  /** The base student's folder. */
  student: relativePathSchema,
  /**
   * A server of this computer's settings that answers as the student: it sits the exams, while the folder is what is
   * trained and says who the student is. The exam engine sits them when absent.
   */
  servedBy: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/iu)
    .optional(),
  /** The student's own chat template, rendered once: questions are put to it as a user's message. Plain without. */
  chat: chatFrameSchema.optional(),
  /** A profile name of this computer's teacher settings; "programmatic" is built in. */
  teacher: z.string().min(1).max(100),
  seed: z.number().int().min(0).default(1),
  exam: z.strictObject({
    samples: z.number().int().min(1).max(64).default(4),
    sampling: samplingSchema.default({ temperature: 1, topK: 50, topP: 1 }),
    maxNewTokens: z.number().int().min(1).max(4096),
    stopAtAnswerLine: z.boolean().default(true),
    /** A text file put before every prompt (few-shot examples), computed once. */
    head: relativePathSchema.optional(),
    /** How many train questions sit the exam each round; all when absent. Chosen by question hash. */
    trainLimit: z.number().int().min(1).optional(),
    /** Of a student server: most requests of one round's exams, checks of the student included. */
    maxRequests: z.number().int().min(1).optional(),
    /** The same in money, in the currency of the server's prices; needs a price. */
    maxCost: z.number().gt(0).max(1_000_000_000).optional(),
  }),
  teaching: z
    .strictObject({
      /** Distinct accepted rationales wanted for each question in round 0. */
      rationales: z.number().int().min(1).max(8).default(2),
      temperature: z.number().min(0).max(2).default(0.7),
      maxTokens: z.number().int().min(16).max(8192).default(512),
      /** How replies are written: labelled lines, or one JSON object. */
      replyForm: z.enum(['sections', 'json']).default('sections'),
      /** Hard budget of one round; the run stops before it is exceeded. */
      maxRequests: z.number().int().min(1).default(5000),
      maxTotalTokens: z.number().int().min(1).default(5_000_000),
      /** The same in money, in the currency of the teacher's prices; needs a profile that names them. */
      maxCost: z.number().gt(0).max(1_000_000_000).optional(),
    })
    .prefault({}),
  gate: z
    .strictObject({
      maxSteps: z.number().int().min(1).max(40).default(8),
      maxCharacters: z.number().int().min(20).max(20_000).default(800),
    })
    .prefault({}),
  curation: z
    .strictObject({
      /** The student's own right attempts kept as positives, per question. */
      selfPositives: z.number().int().min(0).max(8).default(2),
      maxPositives: z.number().int().min(1).max(20).default(10),
      maxNegatives: z.number().int().min(0).max(20).default(4),
      useDatasetRationales: z.boolean().default(true),
    })
    .prefault({}),
  training: z.strictObject({
    /** Where a round's training starts: the base student, or the student that sat the exam. */
    from: z.enum(['base', 'last']).default('last'),
    /** Train on what earlier rounds taught as well. */
    accumulate: z.boolean().default(true),
    objective: objectiveSchema.prefault({}),
    optim: optimSchema.prefault({}),
    maxLen: z.number().int().min(8).max(8192).default(512),
    /** All weights, low-rank adapters on a frozen base, or these on a base held in four bits. */
    mode: modeSchema.default('full'),
    /** Of the modes lora and qlora. */
    lora: loraSchema.prefault({}),
    precision: precisionSchema.default('auto'),
    /** Computes activations again in the backward pass: less memory, more time. */
    gradCheckpoint: z.boolean().default(false),
    /** Several processes, a GPU each, on one computer or several. */
    launch: z
      .strictObject({
        processes: z.number().int().min(1).max(64).default(1),
        /** So many computers that share the project's disk, each with so many processes. */
        machines: z.number().int().min(2).max(64).optional(),
        /** A configuration file of accelerate, whose launcher then starts them. */
        accelerate: relativePathSchema.optional(),
      })
      .optional(),
  }),
  rounds: z.number().int().min(1).max(50).default(3),
});
export type ProjectFile = z.infer<typeof projectFileSchema>;
