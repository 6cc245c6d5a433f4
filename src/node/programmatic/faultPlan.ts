import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { sha256Text } from '../../core/hash.ts';

const positive = z.number().int().min(1);
const ms = z.number().int().min(0).max(3_600_000);

/** One way for the teacher to misbehave on the wire (the groups of the design: limits, status, time, …). */
export const faultSchema = z.discriminatedUnion('type', [
  /** A token bucket: answers 429 when it is empty, else lets later rules speak. */
  z.strictObject({
    type: z.literal('rate'),
    requestsPerSecond: z.number().gt(0).max(100_000),
    burst: positive.optional(),
    tokensPerMinute: positive.optional(),
    /** Whether replies carry `x-ratelimit-*`. */
    headers: z.boolean().default(true),
    retryAfter: z.boolean().default(false),
  }),
  z.strictObject({
    type: z.literal('tooMany'),
    form: z.enum([
      'bare',
      'seconds',
      'ms',
      'date',
      'retryFalse',
      'retryTrue',
      'quota',
      'tokens',
      'tokensPerMinute',
    ]),
    seconds: z.number().min(0).max(100_000).default(1),
  }),
  z.strictObject({
    type: z.literal('status'),
    status: z.number().int().min(400).max(599),
    reason: z.enum(['contextLength', 'contentFilter', 'contextWindow', 'moderation']).optional(),
  }),
  z.strictObject({ type: z.literal('slow'), at: z.enum(['headers', 'firstToken']), ms }),
  z.strictObject({
    type: z.literal('trickle'),
    bytesPerSecond: z.number().gt(0).max(1e6).default(1),
  }),
  z.strictObject({
    type: z.literal('stall'),
    at: z.enum(['headers', 'body', 'stream']),
    afterChunks: positive.default(2),
    /** Comment lines at this distance, which keep naive timers from firing. */
    keepAliveMs: positive.optional(),
  }),
  z.strictObject({ type: z.literal('fin'), afterChunks: positive.default(2) }),
  z.strictObject({ type: z.literal('reset'), afterBytes: positive.default(200) }),
  z.strictObject({ type: z.literal('ending'), form: z.enum(['doneOnly', 'finishOnly']) }),
  z.strictObject({ type: z.literal('finish'), reason: z.string().max(100).nullable() }),
  z.strictObject({
    type: z.literal('form'),
    form: z.enum([
      'crlf',
      'noSpace',
      'multiLineData',
      'comments',
      'twoEvents',
      'everyByte',
      'badEvent',
      'errorEvent',
      'reasoning',
      'interleaved',
    ]),
  }),
  z.strictObject({
    type: z.literal('body'),
    form: z.enum([
      'truncated',
      'html',
      'empty',
      'error',
      'noChoices',
      'nullContent',
      'contentType',
      'bom',
    ]),
  }),
  z.strictObject({
    type: z.literal('usage'),
    form: z.enum(['missing', 'null', 'zero', 'cumulative', 'absurd']),
  }),
  z.strictObject({
    type: z.literal('content'),
    form: z.enum([
      'refusal',
      'wrongAnswer',
      'noAnswer',
      'think',
      'fencedJson',
      'trailing',
      'huge',
      'nul',
      'ansi',
      'bidi',
      'loneSurrogate',
      'imEnd',
      'obeysInjection',
    ]),
  }),
  z.strictObject({
    type: z.literal('redirect'),
    status: z.union([z.literal(301), z.literal(302), z.literal(307), z.literal(308)]),
    location: z.url().max(500),
  }),
  z.strictObject({ type: z.literal('drift'), what: z.enum(['model', 'fingerprint']) }),
]);
export type Fault = z.infer<typeof faultSchema>;

/** All given conditions must hold; none given = every request. `nth` counts chat requests from 1. */
const matchSchema = z.strictObject({
  nth: z.union([positive, z.array(positive).max(10_000)]).optional(),
  from: positive.optional(),
  every: positive.optional(),
  probability: z.number().min(0).max(1).optional(),
  seed: z.number().int().optional(),
  question: z.string().optional(),
  model: z.string().optional(),
});

const ruleSchema = z.strictObject({
  match: matchSchema.prefault({}),
  fault: faultSchema,
  /** At most this often. */
  times: positive.optional(),
  /** Only for so long after the first request: with a probability, a storm. */
  forMs: ms.optional(),
});
export type FaultRule = z.infer<typeof ruleSchema>;

/** A fault plan: ordered rules, the first that matches decides. `profiles` are asked for by model name. */
export const faultPlanSchema = z.strictObject({
  v: z.literal(1),
  rules: z.array(ruleSchema).max(1000).default([]),
  profiles: z
    .record(z.string().regex(/^[a-z0-9-]{1,60}$/u), z.array(ruleSchema).max(100))
    .default({}),
});
export type FaultPlan = z.infer<typeof faultPlanSchema>;

/** Reads a `--faults` file. */
export async function readFaultPlan(path: string): Promise<FaultPlan> {
  let raw: unknown;
  try {
    raw = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new AppError('usage', sentence`The fault plan ${path} cannot be read.`, {
      hint: sentence`It must be a JSON file {"v": 1, "rules": [{"match": {"nth": 1}, "fault": {…}}]}.`,
      cause,
    });
  }
  const parsed = faultPlanSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError('usage', sentence`The fault plan ${path} is wrong: ${issue?.message ?? ''}.`, {
    hint: sentence`Correct the named field.`,
    cause: parsed.error,
    detail: { file: path, field: issue?.path.join('.') },
  });
}

/** A request as the rules see it. */
export interface Matchable {
  readonly nth: number;
  readonly model: string;
  readonly questionId: string | null;
  /** Milliseconds since the first request. */
  readonly sinceFirst: number;
}

function chance(seed: number, nth: number): number {
  return Number.parseInt(sha256Text(`fault ${seed} ${nth}`).slice(0, 12), 16) / 2 ** 48;
}

export function matches(rule: FaultRule, request: Matchable): boolean {
  const { nth, from, every, probability, seed, question, model } = rule.match;
  return (
    (nth === undefined || [nth].flat().includes(request.nth)) &&
    (from === undefined || request.nth >= from) &&
    (every === undefined || request.nth % every === 0) &&
    (probability === undefined || chance(seed ?? 1, request.nth) < probability) &&
    (question === undefined || question === request.questionId) &&
    (model === undefined || model === request.model) &&
    (rule.forMs === undefined || request.sinceFirst <= rule.forMs)
  );
}
