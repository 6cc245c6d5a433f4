import * as z from 'zod';
import { answerKindSchema } from '../dataset/question.ts';
import { parityVerdictSchema } from '../exam/parityVerdict.ts';

export const sourceSchema = z.enum(['teacher', 'feedback', 'self', 'dataset', 'human']);
export type Source = z.infer<typeof sourceSchema>;

/**
 * One line of rounds/N/train.jsonl: a question with every text that is trained on, and nothing else is trained on.
 * `prompt` is the whole prompt text (head included), never ending in white space. A completion is the text after it,
 * leading space included: `completion` of a positive is rendered by the prompt form; `text` of a negative is the
 * student's own, byte for byte.
 */
export const frozenRowSchema = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  prompt: z.string(),
  gold: z.string(),
  /** How the gold is read, where it is no number. */
  kind: answerKindSchema.optional(),
  choices: z.array(z.string()).optional(),
  positives: z
    .array(
      z.strictObject({
        id: z.string(),
        completion: z.string().min(1),
        source: sourceSchema,
        round: z.number().int().min(0),
        hinted: z.boolean(),
        programmatic: z.boolean(),
      }),
    )
    .min(1),
  negatives: z.array(
    z.strictObject({
      id: z.string(),
      text: z.string().min(1),
      round: z.number().int().min(0),
      sample: z.number().int().min(0),
      fingerprint: z.string(),
    }),
  ),
});
export type FrozenRow = z.infer<typeof frozenRowSchema>;

export const coverageSchema = z.object({
  /** Train questions of the project. */
  questions: z.number().int(),
  withRationale: z.number().int(),
  withTwoRationales: z.number().int(),
  withNegative: z.number().int(),
  /** At least two distinct positives and one negative: only these feed the pair term. */
  withPair: z.number().int(),
  positives: z.number().int(),
  negatives: z.number().int(),
  bySource: z.record(sourceSchema, z.number().int()),
  /** Why questions have no rationale or no pair, with counts. */
  uncovered: z.record(z.string(), z.number().int()),
});
export type Coverage = z.infer<typeof coverageSchema>;

/** `round/writer` → the number of that writer's last decision. */
export const decisionCursorSchema = z.record(z.string(), z.number().int().min(0));
export type DecisionCursor = z.infer<typeof decisionCursorSchema>;

/** rounds/N/manifest.json: written last at freeze; a round without it is not frozen. */
export const manifestSchema = z.strictObject({
  v: z.literal(1),
  round: z.number().int().min(0),
  frozenAt: z.string(),
  /** Of the bytes of train.jsonl. */
  trainSha256: z.string(),
  rows: z.number().int(),
  coverage: coverageSchema,
  /** Digest of the student that sat this round's exam. */
  studentDigest: z.string(),
  examFingerprints: z.record(z.string(), z.string()),
  /** How whoever sat each exam stood to the trainer's record of the student; not in older files. */
  examParity: z.record(z.string(), parityVerdictSchema).optional(),
  /** SHA-256 of every file the set was made from, by path relative to the project. */
  inputs: z.record(z.string(), z.string()),
  teacher: z.object({ profile: z.string(), programmatic: z.boolean() }),
  promptForm: z.string(),
  grader: z.string(),
  decisions: z.object({ person: z.number().int(), rule: z.number().int() }),
  /** Which decisions it was made from: later ones count for the next round. */
  decidedUpTo: decisionCursorSchema.optional(),
  warnings: z.array(z.string()),
});
export type Manifest = z.infer<typeof manifestSchema>;
