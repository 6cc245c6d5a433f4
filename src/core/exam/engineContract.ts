import * as z from 'zod';
import { wireTextSchema } from '../wireText.ts';
import { samplingSchema } from './attempt.ts';
import { chatFrameSchema } from './chatFrame.ts';

/** Version of graph, scheduler, sampler and stop rules together: raised whenever the same request may give other tokens. */
export const ENGINE_NAME = 'tailor-native-1';

/** The exact onnxruntime-node release that the engine is built on; a test compares it with the installed package. */
export const ONNXRUNTIME_VERSION = '1.30.0';

/** The engine's name inside fingerprints. All weights (fp32, bf16, f16) are computed in fp32. */
export const ENGINE_IDENTITY = `${ENGINE_NAME} onnxruntime-${ONNXRUNTIME_VERSION} fp32`;

/** Most rows that one engine process decodes at once. */
export const MAX_SLOTS = 64;

const count = z.number().int().min(0);

const itemSchema = z.strictObject({
  questionId: z.string().min(1),
  sample: count,
  prompt: z.string(),
});
/** One (question, sample) on its way to an engine process. */
export type EngineItem = z.infer<typeof itemSchema>;

const startSchema = z.strictObject({
  type: z.literal('start'),
  folder: z.string().min(1),
  head: z.string(),
  chat: chatFrameSchema.optional(),
  sampling: samplingSchema,
  seed: z.string(),
  maxNewTokens: z.number().int().min(1),
  stopAtAnswerLine: z.boolean(),
  /** Rows decoded at once. */
  slots: z.number().int().min(1).max(MAX_SLOTS),
  threads: z.number().int().min(1).max(64),
  /** What the K/V of all rows may take; with less, fewer rows are decoded at once. */
  memoryBytes: z.number().int().min(1),
});
/** What an exam process must know before its first item. */
export type EngineStart = z.infer<typeof startSchema>;

/** Messages that the parent sends. `items` answers `need`; `last` says that nothing more will come. */
export const parentMessageSchema = z.discriminatedUnion('type', [
  startSchema,
  z.strictObject({ type: z.literal('items'), items: z.array(itemSchema), last: z.boolean() }),
  /** One item alone, through the same start settings: must give the stored tokens again. */
  z.strictObject({ type: z.literal('replay'), item: itemSchema }),
  z.strictObject({ type: z.literal('parity'), folder: z.string().min(1) }),
  /** The ids of whole prompts, for a server that takes some; no weights are read. */
  z.strictObject({
    type: z.literal('encode'),
    folder: z.string().min(1),
    texts: z.array(z.string()),
    chat: chatFrameSchema.optional(),
  }),
  z.strictObject({ type: z.literal('cancel') }),
]);
export type ParentMessage = z.infer<typeof parentMessageSchema>;

/** The failures that an engine process may report; they become AppErrors of the same code in the parent. */
export const engineErrorCodeSchema = z.enum([
  'usage',
  'unexpected',
  'cancelled',
  'student.modelMissing',
  'student.unsupported',
  'student.invalid',
  'student.parity',
  'engine.load',
]);
export type EngineErrorCode = z.infer<typeof engineErrorCodeSchema>;

const finishedSchema = z.strictObject({
  questionId: z.string(),
  sample: count,
  text: z.string(),
  ids: z.array(count),
  finish: z.enum(['eos', 'stop', 'length', 'loop']),
  minMargin: z.number().nullable(),
});

/** Messages that the child sends. */
export const childMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    engine: z.string(),
    ort: z.string(),
    /** False: onnxruntime copies its inputs, so every step costs a copy of the whole cache. */
    zeroCopy: z.boolean(),
    node: z.string(),
  }),
  z.strictObject({
    type: z.literal('loaded'),
    ms: z.number(),
    /** Resident bytes of the process after loading. */
    rss: z.number(),
    family: z.string(),
    weights: z.string(),
    slots: count,
  }),
  z.strictObject({ type: z.literal('need'), count: z.number().int().min(1) }),
  z.strictObject({
    type: z.literal('progress'),
    finished: count,
    live: count,
    tokens: count,
    steps: count,
  }),
  z.strictObject({ type: z.literal('attempts'), attempts: z.array(finishedSchema).min(1) }),
  z.strictObject({ type: z.literal('warning'), message: wireTextSchema }),
  z.strictObject({
    type: z.literal('error'),
    code: engineErrorCodeSchema,
    message: wireTextSchema,
    hint: wireTextSchema.nullable(),
    detail: z.record(z.string(), z.unknown()),
  }),
  z.strictObject({ type: z.literal('done'), finished: count, tokens: count, steps: count }),
  z.strictObject({ type: z.literal('cancelled') }),
  z.strictObject({ type: z.literal('encoded'), ids: z.array(z.array(count)) }),
  z.strictObject({
    type: z.literal('parityResult'),
    maxLogitDelta: z.number(),
    prompts: count,
    /** Prompts whose greedy ids part at a margin too small to decide. */
    nearTies: count,
    /** Greedy tokens that are the same. */
    steps: count,
  }),
]);
export type ChildMessage = z.infer<typeof childMessageSchema>;
