import * as z from 'zod';
import { suspicionSchema } from '../grading/verdict.ts';

/** What a teacher writes rationales for: each reply becomes an item. */
export const teachingPurposeSchema = z.enum(['annotate', 'feedback']);
export type TeachingPurpose = z.infer<typeof teachingPurposeSchema>;

/** Everything that a teacher is asked for; `review` is its opinion of a rationale. */
export const purposeSchema = z.enum([...teachingPurposeSchema.options, 'review']);
export type Purpose = z.infer<typeof purposeSchema>;

export const errorKindSchema = z.enum([
  'misread',
  'wrong_operation',
  'wrong_operand',
  'arithmetic',
  'missing_step',
  'extra_step',
  'format',
  'knowledge',
  'unknown',
]);
export type ErrorKind = z.infer<typeof errorKindSchema>;

export const usageSchema = z.object({
  promptTokens: z.number().int().min(0),
  completionTokens: z.number().int().min(0),
  cachedTokens: z.number().int().min(0),
  /** True when the server sent none and the numbers are our own estimate. */
  estimated: z.boolean(),
});
export type Usage = z.infer<typeof usageSchema>;

const about = {
  /** SHA-256 of the canonical request (teacher.md §4): the cache key. */
  key: z.string().regex(/^[0-9a-f]{64}$/u),
  questionId: z.string().min(1),
  purpose: purposeSchema,
  draw: z.number().int().min(0),
};

/** Written before a request leaves: what a crash may have cost. */
export const intentSchema = z.object({
  type: z.literal('intent'),
  ...about,
  profile: z.string(),
  model: z.string(),
  templateId: z.string(),
  templateHash: z.string(),
  reservedTokens: z.number().int().min(0),
  /** What it can cost at most, where the profile names prices. */
  reservedCost: z.number().min(0).optional(),
  /** Of that cost, as the profile spells it; not in older files. */
  currency: z.string().optional(),
});

/** Written, and synced, before the reply is parsed. `text` is raw. Complete only when finishReason is "stop". */
export const replySchema = z.object({
  type: z.literal('reply'),
  ...about,
  attempt: z.number().int().min(1),
  text: z.string(),
  /** Asked for as one JSON object; as labelled lines where this is absent. */
  form: z.literal('json').optional(),
  finishReason: z.string().nullable(),
  usage: usageSchema,
  /** At the profile’s prices of that day; absent where it named none. */
  cost: z.number().min(0).optional(),
  /** Of that cost, as the profile spells it; not in older files. */
  currency: z.string().optional(),
  responseModel: z.string().nullable(),
  fingerprint: z.string().nullable(),
  overlong: z.boolean(),
  firstTokenMs: z.number().nullable(),
  totalMs: z.number(),
});

export const failSchema = z.object({
  type: z.literal('fail'),
  ...about,
  attempt: z.number().int().min(1),
  code: z.string(),
  message: z.string(),
  status: z.number().int().nullable(),
  retryAfterMs: z.number().nullable(),
  possiblyBilled: z.boolean(),
});

export const gateReasonSchema = z.enum([
  'no-final-line',
  'wrong-answer',
  'arithmetic',
  'too-long',
  'too-many-steps',
  'empty',
  'duplicate',
  'leak',
  'unsafe-text',
  'unparsable',
  'points-at-true-step',
]);
export type GateReason = z.infer<typeof gateReasonSchema>;

/**
 * A parsed reply with the gate's verdict. `rationale` is the text to teach: numbered by lines, last line
 * `Answer: X`, no leading space. `why`, `firstErrorStep` (1-based) and `errorKind` only for feedback.
 */
export const itemSchema = z.object({
  type: z.literal('item'),
  ...about,
  purpose: teachingPurposeSchema,
  /** Stable id of this candidate: hash of (questionId, purpose, rationale). */
  itemId: z.string(),
  rationale: z.string().nullable(),
  answer: z.string().nullable(),
  firstErrorStep: z.number().int().min(1).nullable(),
  errorKind: errorKindSchema.nullable(),
  why: z.string().nullable(),
  /** The attempt that the feedback is about. */
  about: z
    .object({ sample: z.number().int().min(0), fingerprint: z.string(), textHash: z.string() })
    .nullable(),
  /** Names the question's text it is about; see curation/questionText.ts. Absent in older files: the data file's. */
  asked: z.string().optional(),
  flags: z.array(z.enum(['hinted', 'programmatic', 'imperfect', 'modelDrift', 'reasked'])),
  accepted: z.boolean(),
  reasons: z.array(gateReasonSchema),
});
export type TeachingItem = z.infer<typeof itemSchema>;

/** The highest score, which is what the gate's yes counts for. */
export const BEST_SCORE = 5;

/**
 * What a teacher says of a rationale without being told who wrote it. It decides nothing. Of another text of the
 * rationale, of the question or of the gold it says nothing: `textHash`, `asked` and `gold` name those that were shown.
 */
export const opinionSchema = z.object({
  type: z.literal('opinion'),
  ...about,
  purpose: z.literal('review'),
  itemId: z.string(),
  textHash: z.string(),
  asked: z.string(),
  gold: z.string(),
  profile: z.string(),
  programmatic: z.boolean(),
  templateId: z.string(),
  templateHash: z.string(),
  /** Null where none came or could be read; `reason` then says why. */
  score: z.number().int().min(1).max(BEST_SCORE).nullable(),
  reason: z.string(),
});
export type Opinion = z.infer<typeof opinionSchema>;

export const teacherRecordSchema = z.discriminatedUnion('type', [
  intentSchema,
  replySchema,
  failSchema,
  itemSchema,
  opinionSchema,
]);
export type TeacherRecord = z.infer<typeof teacherRecordSchema>;
export type TeacherIntent = z.infer<typeof intentSchema>;
export type TeacherReply = z.infer<typeof replySchema>;
export type TeacherFail = z.infer<typeof failSchema>;

/** Whether nobody can tell what a reply was billed: it broke off, and its usage never came. */
export function billedUnknown({ finishReason, usage }: TeacherReply): boolean {
  return finishReason === null && usage.estimated;
}

/** One line of the grader audit's list. */
export const suspectSchema = z.object({
  questionId: z.string(),
  set: z.string(),
  sample: z.number().int(),
  fingerprint: z.string(),
  reasons: z.array(suspicionSchema),
});
export type Suspect = z.infer<typeof suspectSchema>;
