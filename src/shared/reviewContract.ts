import * as z from 'zod/mini';
import { defineContract } from './contract.ts';
import { againRequest } from './reviewAgain.ts';
import { filterSchema, rowSchema, sortSchema } from './reviewQueue.ts';
import { recordSchema } from './reviewRecord.ts';
import { bannerSchema, countsSchema, jobSchema, spotCheckSchema } from './reviewSnapshotParts.ts';
import { viewCommandSchema } from './viewCommand.ts';

/**
 * Between the host's review service and every Review view. The host owns truth: views ask, show and forget. Items are
 * named by question id; nothing here carries a path, a command or a setting.
 */

const count = z.int().check(z.nonnegative());
const text = z.string();

/** One decision of a person on one item. `candidate`, `sample` name what it is about. */
export const actSchema = z.discriminatedUnion('type', [
  /** Without a candidate: every candidate that passes the gate and is not rejected. With one: that one, too. */
  z.object({ type: z.literal('accept'), candidate: z.optional(text) }),
  /** That one and no other: the item's other candidates are rejected. */
  z.object({ type: z.literal('choose'), candidate: text }),
  z.object({
    type: z.literal('reject'),
    candidate: z.optional(text),
    reason: z.optional(text),
  }),
  /** `insist`: the person keeps a text that the gate refuses. */
  z.object({
    type: z.literal('edit'),
    candidate: text,
    rationale: text,
    insist: z.optional(z.boolean()),
  }),
  z.object({ type: z.literal('write'), rationale: text, insist: z.optional(z.boolean()) }),
  z.object({ type: z.literal('pair'), sample: count, keep: z.boolean() }),
  /** This attempt and no other of the item. */
  z.object({ type: z.literal('pair-only'), sample: count }),
  z.object({ type: z.literal('first-error'), sample: count, step: count, kind: text }),
  z.object({
    type: z.literal('verdict'),
    sample: count,
    verdict: z.enum(['right', 'wrong']),
    reason: z.optional(text),
  }),
  z.object({ type: z.literal('fix-gold'), answer: text, reason: text }),
  z.object({ type: z.literal('confirm-gold') }),
  z.object({ type: z.literal('fix-question'), question: text, reason: text }),
]);
export type Act = z.infer<typeof actSchema>;

export type Counts = z.infer<typeof countsSchema>;

/** What the view as a whole is about; each has one primary action (a verb of `run`). */
export const phaseSchema = z.enum([
  'loading',
  'no-project',
  'no-student',
  'no-exam',
  'ready',
  'frozen',
  'training',
  'failed',
]);

export type Phase = z.infer<typeof phaseSchema>;

export type Job = z.infer<typeof jobSchema>;

export type Banner = z.infer<typeof bannerSchema>;

export type SpotCheck = z.infer<typeof spotCheckSchema>;

export const savedFilterSchema = z.object({ name: text, filter: filterSchema });

export const snapshotSchema = z.object({
  /** Grows with every change of what the views show. */
  rev: count,
  phase: phaseSchema,
  project: text,
  round: count,
  /** Rounds that can be looked at. */
  rounds: z.array(count),
  counts: countsSchema,
  banners: z.array(bannerSchema),
  job: z.nullable(jobSchema),
  /** What the phase's primary action is, where there is one. */
  primary: z.nullable(z.object({ label: text, verb: text })),
  undo: z.nullable(text),
  redo: z.nullable(text),
  spotCheck: z.nullable(spotCheckSchema),
  savedFilters: z.array(savedFilterSchema),
  /** False: everything can be read, nothing decided. `reason` says why. */
  writable: z.boolean(),
  reason: z.nullable(text),
  teacher: text,
  /** Whether asking again is possible now. */
  canAsk: z.boolean(),
  /** Why no student can be asked again now; null where one can. */
  noAgain: z.nullable(text),
  /** Questions of the round on which people disagree. */
  disagreed: count,
  singleKeys: z.boolean(),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

const queryResult = z.object({
  rev: count,
  /** Of the filtered queue. */
  total: count,
  /** The rows around `at`, at most 50, from the place `from` on: what a view shows first. */
  from: count,
  rows: z.array(rowSchema),
  /** Place of the item that was asked for, or of the first undecided one; -1 when there is none. */
  at: z.int(),
});

/** Verbs of `run`: the host decides what they do; a view never names a command. */
export const verbSchema = z.enum([
  'create-project',
  'choose-student',
  'run-exam',
  'ask-teacher',
  'freeze',
  'train',
  'run-round',
  'stop',
  'set-key',
  'choose-teacher',
  'manage-trust',
  'show-log',
  'reload',
  'open-bad-line',
  'open-panel',
  'show-training',
]);
export type Verb = z.infer<typeof verbSchema>;

/** The round that the view shows: STALE where another one is open. Null where nobody looks, which skips the check. */
const shownRound = z.nullable(count);

export const reviewContract = defineContract({
  requests: {
    /** First thing a view asks; also after a gap in `rev`. `strings` are the view's texts in the person's language. */
    init: {
      params: z.object({ view: z.enum(['side', 'panel']) }),
      result: z.object({ snapshot: snapshotSchema, strings: z.record(z.string(), z.string()) }),
    },
    round: { params: z.object({ round: count }), result: z.object({ rev: count }) },
    query: {
      params: z.object({ filter: filterSchema, sort: sortSchema, near: z.nullable(text) }),
      result: queryResult,
    },
    /** Rows [from, to) of this view's last query, at most 500; STALE when the query is gone. */
    rows: {
      params: z.object({ from: count, to: count }),
      result: z.object({ rev: count, from: count, rows: z.array(rowSchema) }),
    },
    record: { params: z.object({ id: text }), result: recordSchema },
    /** The next undecided item of the last query behind (or before) a place, wrapping round; -1 = none. */
    nextTodo: { params: z.object({ after: z.int() }), result: z.object({ at: z.int() }) },
    /** `seen` is the stamp of the record that the person looked at: STALE where it has another one now. */
    decide: {
      params: z.object({
        id: text,
        act: actSchema,
        round: shownRound,
        /** Null where nobody looks at the record, which skips the check. */
        seen: z.nullable(text),
      }),
      result: z.object({ rev: count, record: recordSchema }),
    },
    /** On the visible filtered set (or the given ids of it), as one undo step. `expected` guards against a changed set. */
    bulk: {
      params: z.object({
        act: z.enum(['accept', 'reject', 'pair-drop', 'pair-keep']),
        ids: z.nullable(z.array(text)),
        expected: count,
        round: shownRound,
      }),
      result: z.object({ rev: count, changed: count }),
    },
    /** `id` is the question to look at; null where the step was about several, which the snapshot's label counts. */
    undo: {
      params: z.object({ round: shownRound }),
      result: z.object({ rev: count, id: z.nullable(text) }),
    },
    redo: {
      params: z.object({ round: shownRound }),
      result: z.object({ rev: count, id: z.nullable(text) }),
    },
    /** Asks the teacher again about these items, with a hint where the person gives one. */
    ask: {
      params: z.object({ ids: z.array(text), hint: text, round: shownRound }),
      result: z.object({
        rev: count,
        accepted: count,
        failed: count,
        /** Questions whose hint had been answered before: no call was made for them. */
        unasked: count,
      }),
    },
    /** Asks for second opinions: of one rationale, or of all of these questions (of everything listed without ids). */
    opinion: {
      params: z.object({
        ids: z.nullable(z.array(text)),
        candidate: z.nullable(text),
        /** Whose: the surroundings ask the person and fill it in, a view does not know the profiles. */
        teacher: z.nullable(text),
        round: shownRound,
      }),
      result: z.object({
        rev: count,
        scored: count,
        /** Rationales of which no score could be read. */
        failed: count,
        /** Rationales that this teacher had scored before. */
        known: count,
        /** Rationales that it had given no readable score, as often as it is asked. */
        unread: count,
        /** Of those that were asked about, the ones that this teacher wrote itself. */
        own: count,
      }),
    },
    again: againRequest,
    /** Draws a random sample of the undecided items of the last query; ends it with size 0. */
    spotCheck: {
      params: z.object({ size: count, round: shownRound }),
      result: z.object({ rev: count }),
    },
    acceptRest: {
      params: z.object({ expected: count, round: shownRound }),
      result: z.object({ rev: count, changed: count }),
    },
    saveFilter: {
      params: z.object({ name: text, filter: z.nullable(filterSchema) }),
      result: z.object({ rev: count }),
    },
    open: {
      params: z.object({
        id: text,
        how: z.enum(['diff', 'my-edit', 'record', 'panel', 'data-line']),
        candidate: z.nullable(text),
        sample: z.nullable(count),
      }),
      result: z.object({}),
    },
    run: { params: z.object({ verb: verbSchema }), result: z.object({}) },
    /** Where the focus is, for the host's context keys; `selected` makes palette commands act on the same item. */
    focus: {
      params: z.object({
        where: z.enum(['list', 'detail', 'editor', 'none']),
        selected: z.nullable(text),
      }),
      result: z.object({}),
    },
  },
  events: {
    /** An item that was opened in this view from elsewhere: it goes there, whatever its filter shows. */
    show: z.object({ id: text }),
    /** A list that was opened in this view from elsewhere, and the round that it is about where it is about one. */
    list: z.object({ label: text, ids: z.array(text), round: z.nullable(count) }),
    /** Everything but rows and records. A view asks again for what it shows when `rev` grew. */
    snapshot: snapshotSchema,
    /** A palette command meant for the view that had the focus last. */
    command: z.object({
      name: viewCommandSchema,
    }),
  },
});
export type ReviewContract = typeof reviewContract;
