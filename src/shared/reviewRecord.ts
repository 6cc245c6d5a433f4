import * as z from 'zod/mini';
import { askedAgainSchema } from './reviewAgain.ts';
import { kindFields } from './reviewChoices.ts';
import { disagreementSchema } from './reviewDisagreement.ts';
import { itemStatusSchema, pairStatusSchema, rowSchema } from './reviewQueue.ts';

/** One item of Review, whole: a part of its contract. */

const count = z.int().check(z.nonnegative());
const text = z.string();

/** A two-operand equation of a step: where it stands in the step's text, and whether it is true. */
export const equationSpanSchema = z.object({ start: count, end: count, holds: z.boolean() });
/** One step of a rationale or an attempt, as the step view shows it. */
export const stepViewSchema = z.object({
  text,
  equations: z.array(equationSpanSchema),
  /** Numbers that neither stand in the question nor come out of an earlier equation. */
  strangers: z.array(z.object({ start: count, end: count })),
});
export type StepView = z.infer<typeof stepViewSchema>;

export const checkSchema = z.object({
  code: text,
  level: z.enum(['ok', 'info', 'warn', 'bad']),
  message: text,
});
export type Check = z.infer<typeof checkSchema>;

export const attemptViewSchema = z.object({
  sample: count,
  /** How many samples of this round have exactly this text (this one is shown for all of them). */
  times: count,
  /** The student's text, byte for byte. */
  text,
  steps: z.array(stepViewSchema),
  /** 1-based step where it leaves the shown candidate's course; null when it cannot be said. By candidate id. */
  diverges: z.record(z.string(), z.nullable(count)),
  answer: z.nullable(text),
  verdict: z.enum(['right', 'wrong', 'no-answer']),
  /** A person's word against the grader's, where there is one. */
  settled: z.nullable(z.enum(['right', 'wrong'])),
  checks: z.array(checkSchema),
  pair: pairStatusSchema,
  /** Why the pair is blocked. */
  pairReason: z.nullable(text),
  firstError: z.nullable(z.object({ step: count, kind: text })),
});
export type AttemptView = z.infer<typeof attemptViewSchema>;

export const candidateViewSchema = z.object({
  /** Item id; of a person's own text its id. */
  id: text,
  source: z.enum(['annotate', 'feedback', 'human', 'dataset']),
  round: count,
  rationale: text,
  /** The teacher's text where a person edited it; null otherwise. */
  original: z.nullable(text),
  steps: z.array(stepViewSchema),
  answer: z.nullable(text),
  status: itemStatusSchema,
  by: z.nullable(z.enum(['person', 'rule'])),
  /** The gate's checks; all of them, passed ones too. */
  checks: z.array(checkSchema),
  passes: z.boolean(),
  /** Feedback only: what the teacher says is wrong, and with which attempt. */
  why: z.nullable(text),
  firstErrorStep: z.nullable(count),
  errorKind: z.nullable(text),
  aboutSample: z.nullable(count),
  programmatic: z.boolean(),
  hinted: z.boolean(),
  /** What teachers say of this very text, blind to who wrote it: it decides nothing. */
  opinions: z.array(z.object({ by: text, programmatic: z.boolean(), score: count, reason: text })),
});
export type CandidateView = z.infer<typeof candidateViewSchema>;

/** Everything about one item, whole; a person's view of it is made from nothing else. */
export const recordSchema = z.object({
  row: rowSchema,
  /** Names the texts it shows; another one means that something else stands there now. See `decide`. */
  stamp: text,
  question: text,
  originalQuestion: z.nullable(text),
  ...kindFields,
  gold: text,
  originalGold: z.nullable(text),
  goldConfirmed: z.boolean(),
  equation: z.nullable(text),
  reference: z.nullable(text),
  /** Answers of this round with their counts, most frequent first; null = nothing could be read. */
  answers: z.array(z.object({ answer: z.nullable(text), count, right: z.boolean() })),
  /** Identical texts are collapsed; wrong ones first. */
  attempts: z.array(attemptViewSchema),
  /** Beside the exam and no part of it, newest first. */
  again: z.array(askedAgainSchema),
  candidates: z.array(candidateViewSchema),
  history: z.array(z.object({ round: count, right: count, samples: count })),
  trajectory: text,
  checks: z.array(checkSchema),
  hint: z.nullable(text),
  disagreements: z.array(disagreementSchema),
  /** The person's last decisions on this item, newest first, as sentences. */
  log: z.array(z.object({ at: text, by: text, what: text, reason: z.nullable(text) })),
});
export type ReviewRecord = z.infer<typeof recordSchema>;
