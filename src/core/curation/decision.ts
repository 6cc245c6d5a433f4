import { z } from 'zod';

/** Who decided: a person, or a named rule such as "gate-accept". */
export const authorSchema = z.object({
  kind: z.enum(['person', 'rule']),
  name: z.string().min(1),
});

const base = { author: authorSchema, reason: z.string().optional() };
const target = { questionId: z.string().min(1), itemId: z.string().min(1) };
const attemptRef = {
  questionId: z.string().min(1),
  sample: z.number().int().min(0),
  fingerprint: z.string(),
  /** SHA-256 of the attempt's text: a decision about another text is stale and not applied. */
  textHash: z.string(),
};

/** Append-only events of rounds/N/decisions/<writer>.jsonl. Undo is itself an event, so it survives everything. */
export const decisionSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('accept'), ...base, items: z.array(z.object(target)).min(1) }),
  z.object({ type: z.literal('reject'), ...base, items: z.array(z.object(target)).min(1) }),
  z.object({ type: z.literal('edit'), ...base, ...target, rationale: z.string().min(1) }),
  z.object({
    type: z.literal('write'),
    ...base,
    questionId: z.string().min(1),
    rationale: z.string().min(1),
  }),
  z.object({
    type: z.literal('hint'),
    ...base,
    questionId: z.string().min(1),
    hint: z.string().min(1),
  }),
  z.object({ type: z.literal('pair-drop'), ...base, ...attemptRef }),
  z.object({ type: z.literal('pair-keep'), ...base, ...attemptRef }),
  z.object({
    type: z.literal('first-error'),
    ...base,
    ...attemptRef,
    step: z.number().int().min(1),
    errorKind: z.string(),
  }),
  z.object({ type: z.literal('attempt-right'), ...base, ...attemptRef }),
  z.object({ type: z.literal('attempt-wrong'), ...base, ...attemptRef }),
  z.object({
    type: z.literal('fix-gold'),
    ...base,
    questionId: z.string().min(1),
    was: z.string(),
    answer: z.string().min(1),
  }),
  z.object({
    type: z.literal('gold-confirmed'),
    ...base,
    questionId: z.string().min(1),
    answer: z.string(),
  }),
  /** Takes back the event (ofWriter, ofSeq) of the same round; `redo` takes back an undo. */
  z.object({
    type: z.literal('undo'),
    ...base,
    ofWriter: z.string(),
    ofSeq: z.number().int().min(0),
  }),
  z.object({
    type: z.literal('redo'),
    ...base,
    ofWriter: z.string(),
    ofSeq: z.number().int().min(0),
  }),
]);
export type Decision = z.infer<typeof decisionSchema>;
export type Author = z.infer<typeof authorSchema>;
