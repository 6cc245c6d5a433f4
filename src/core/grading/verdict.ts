import * as z from 'zod';

/** `no-answer`: nothing could be extracted. It is not the same as wrong. */
export const verdictSchema = z.enum(['right', 'wrong', 'no-answer']);
export type Verdict = z.infer<typeof verdictSchema>;

export const gradeFlagSchema = z.enum([
  'truncated',
  'loop',
  'no-marker',
  'two-answers',
  'percent',
  'negated',
  'fraction',
  'rounded',
]);
export type GradeFlag = z.infer<typeof gradeFlagSchema>;

/**
 * The grader's word on one text against one gold answer.
 * `span`: [start, end) in UTF-16 units of the *unaltered* text, of what was read as the answer.
 * `value`: the canonical value read (decimal text, or n/d), null when none.
 * `verdict` follows the strict rule (the marked final answer), `lenient` also accepts the gold found by looser
 * rules (unmarked, rounded, percent, elsewhere in the last line): lenient-right is never a negative.
 */
export const gradeSchema = z.object({
  verdict: verdictSchema,
  lenient: verdictSchema,
  value: z.string().nullable(),
  span: z.tuple([z.number().int(), z.number().int()]).nullable(),
  flags: z.array(gradeFlagSchema),
});
export type Grade = z.infer<typeof gradeSchema>;

/** Why a wrong attempt may not be a negative before someone has looked (method §6). */
export const suspicionSchema = z.enum([
  'gold-elsewhere',
  'lenient-right',
  'suspect-gold',
  'truncated',
  'loop',
  'empty',
  'no-answer',
  'gold-in-doubt',
]);
export type Suspicion = z.infer<typeof suspicionSchema>;
