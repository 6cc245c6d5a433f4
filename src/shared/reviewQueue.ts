import * as z from 'zod/mini';
import { rowChoiceSchema } from './reviewChoices.ts';

/** The queue of Review: its rows, and what of it is listed in which order. Parts of its contract. */

const count = z.int().check(z.nonnegative());
const text = z.string();

/** todo: nobody decided yet. `by` of a row says whether a person or a rule did. */
export const itemStatusSchema = z.enum(['todo', 'accepted', 'edited', 'rejected']);
export type ItemStatus = z.infer<typeof itemStatusSchema>;

/** Why an item is shown first; each has a sentence in the record's checks. */
export const itemFlagSchema = z.enum([
  'gold-in-doubt',
  'attempt-in-doubt',
  'gate-failed',
  'no-candidate',
  'right-by-luck',
  'repeat-miss',
  'question-changed',
  'gold-changed',
  'forgotten',
  'disagreed',
  'second-opinion',
]);
export type ItemFlag = z.infer<typeof itemFlagSchema>;

export const pairStatusSchema = z.enum(['keep', 'drop', 'blocked', 'none']);
export type PairStatus = z.infer<typeof pairStatusSchema>;

/** One line of the queue. */
export const rowSchema = z.object({
  id: text,
  /** The question's text, clipped to 160 characters. */
  title: text,
  status: itemStatusSchema,
  by: z.nullable(z.enum(['person', 'rule'])),
  pair: pairStatusSchema,
  flags: z.array(itemFlagSchema),
  /** k of N attempts of this round right. */
  right: count,
  samples: count,
  /** In how many rounds up to this one it was missed at least once. */
  misses: count,
  /** What its rounds up to this one say about it, by intervals. */
  trajectory: z.enum(['forgotten', 'flaky', 'stubborn', 'unclear', 'learned', 'known']),
  /** The most frequent wrong answer; null when nothing could be read. */
  wrongAnswer: z.nullable(text),
  gold: text,
  choice: rowChoiceSchema,
  candidates: count,
});
export type Row = z.infer<typeof rowSchema>;

export const filterSchema = z.object({
  /** mistakes: at least one wrong attempt in this round; taught: every question with a candidate; all. */
  scope: z.enum(['mistakes', 'taught', 'all']),
  status: z.array(itemStatusSchema),
  by: z.nullable(z.enum(['person', 'rule'])),
  flags: z.array(itemFlagSchema),
  /** No flag at all: what a spot check may speak for. */
  unflagged: z.boolean(),
  pair: z.array(pairStatusSchema),
  /** Missed in at least so many rounds. */
  misses: count,
  /** Where a candidate comes from. */
  sources: z.array(z.enum(['annotate', 'feedback', 'human'])),
  /** The student's answer equals this value; empty = any. */
  answer: text,
  /** Words that must all occur in question, attempts, candidates or id; case and Unicode form aside. */
  search: text,
  /** These questions and no others: a list that another view opened here; `label` says what they have in common. */
  only: z.optional(z.object({ label: text, ids: z.array(text) })),
});
export type Filter = z.infer<typeof filterSchema>;

export const sortSchema = z.enum([
  'flagged-first',
  'trajectory',
  'least-right',
  'most-missed',
  'data-order',
]);
export type Sort = z.infer<typeof sortSchema>;

export const NO_FILTER: Filter = {
  scope: 'mistakes',
  status: [],
  by: null,
  flags: [],
  unflagged: false,
  pair: [],
  misses: 0,
  sources: [],
  answer: '',
  search: '',
};
