import * as z from 'zod';

/** Who decided: a person, or a named rule such as "gate-accept". */
export const authorSchema = z.object({
  kind: z.enum(['person', 'rule']),
  name: z.string().min(1),
});

const base = {
  author: authorSchema,
  reason: z.string().optional(),
  /** The same on every event of one act: together they are one step of undo. */
  action: z.string().min(1).optional(),
  /** The decisions of other people in this round that it overrules knowingly, as writer#seq; see disagreements.ts. */
  knows: z.array(z.string().min(1)).optional(),
};
/** Names the text of the question that it was decided for; see questionText.ts. Older files name none. */
const asked = z.string().optional();
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
  z.object({ type: z.literal('edit'), ...base, ...target, asked, rationale: z.string().min(1) }),
  z.object({
    type: z.literal('write'),
    ...base,
    asked,
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
    asked,
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
  /** The question is not trained on in this round, whatever the student or the data say: there was nothing to reject. */
  z.object({ type: z.literal('leave-out'), ...base, questionId: z.string().min(1) }),
  /** `was` is the text that counted before; the data file keeps the original. */
  z.object({
    type: z.literal('fix-question'),
    ...base,
    questionId: z.string().min(1),
    was: z.string(),
    text: z.string().min(1),
    reason: z.string().min(1),
  }),
  /** A random sample of a filtered queue: what its bound is about, and that nobody picked it. */
  z.object({
    type: z.literal('spot-check'),
    ...base,
    id: z.string().min(1),
    /** How many undecided items the sample was drawn from. */
    population: z.number().int().min(0),
    /** Question ids; none ends the spot check. */
    items: z.array(z.string().min(1)),
    /** What accepting each of them together with others would have come to; without it nothing can be called bad. */
    outcomes: z.optional(z.array(z.string())),
    /** The filter in force, as canonical JSON. */
    filter: z.string(),
    seed: z.string(),
  }),
  /** Some of the items that a sample was drawn from, and that its bound speaks for: named, as filters find others later. */
  z.object({
    type: z.literal('stratum'),
    ...base,
    /** Of the spot check, which stands behind all of these. */
    id: z.string().min(1),
    questions: z.array(z.string().min(1)).min(1),
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
