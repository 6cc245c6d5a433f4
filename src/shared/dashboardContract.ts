import * as z from 'zod/mini';
import { defineContract } from './contract.ts';
import { trainingSnapshotSchema } from './trainingContract.ts';

/**
 * Between the host, which reads a project's files, and the Round Dashboard; `tailor report` writes the same picture to
 * a file. No accuracy without its n and interval, no number without the list of questions behind it.
 */

const count = z.int().check(z.nonnegative());
const text = z.string();

/** A share of n with its 95 % interval (Wilson; over questions by bootstrap where each has several samples). */
export const rateSchema = z.object({
  right: z.number(),
  n: count,
  rate: z.number(),
  low: z.number(),
  high: z.number(),
});
export type RateView = z.infer<typeof rateSchema>;

/** How a set stands to what is trained: an exam on training questions is never shown as progress. */
export const setRoleSchema = z.enum(['train', 'dev', 'extra', 'test']);
export type SetRole = z.infer<typeof setRoleSchema>;

/** An exam of one set in one round; all numbers but `accuracy` and `samples` count questions. */
export const examViewSchema = z.object({
  set: text,
  role: setRoleSchema,
  accuracy: rateSchema,
  samples: count,
  /**
   * Of k samples a question: shares of the questions with one right or more (pass@k), with all right (pass^k), and whose
   * most frequent answer is right. Null where there is one sample.
   */
  several: z.nullable(z.object({ any: rateSchema, all: rateSchema, voted: rateSchema })),
  /** Questions that are right in more than half of their samples, and the others: what the lists hold. */
  right: count,
  wrong: count,
  /** Questions of which some sample gave no answer, or was cut. */
  noAnswer: count,
  truncated: count,
  /** Questions whose answers are to texts that have changed since; they count nowhere. */
  outdated: count,
  /** In which settings it differs from the exam of the same set in the round before; then the two are not tested. */
  differs: z.array(text),
  /** How whoever sat it stood to the trainer's record of the student; null in older files. */
  check: z.nullable(z.object({ verdict: z.enum(['equal', 'plausible', 'unchecked']), text })),
});
export type ExamView = z.infer<typeof examViewSchema>;

/** Money in one currency as the profile spells it; null where nobody wrote the currency down. */
const amountSchema = z.object({ amount: z.number(), currency: z.nullable(text) });

const spentSchema = z.object({
  /** Replies of which it is known what they were billed. */
  calls: count,
  promptTokens: count,
  completionTokens: count,
  /** Requests that a living process waits for. */
  underWay: count,
  /** Requests that were broken off or lost with their process, none of them among the calls: what they were billed nobody can say. */
  possiblyBilled: count,
  /** By currency, as it was written down, and where it was not at this person's prices; null = not known, which is not 0. */
  money: z.nullable(z.array(amountSchema)),
  /** Some token counts are Tailor's own estimate: the server sent none. */
  estimated: z.boolean(),
});

/** What one teacher profile was asked; '' where the journals do not say which. */
const askedSchema = z.extend(spentSchema, { profile: text, programmatic: z.boolean() });

/** Requests to the servers that sat a round's exams. */
const servedSpentSchema = z.object({
  profiles: z.array(text),
  /** All that left, which the limits count: answered, turned away and perhaps billed ones together. */
  requests: count,
  calls: count,
  refused: count,
  /** They broke off, or no end is on record; in the money they are at their worst. */
  possiblyBilled: count,
  promptTokens: count,
  completionTokens: count,
  estimated: z.boolean(),
  /** As it was written down at the prices of its day; null = not all had a price, which is not 0. */
  money: z.nullable(z.array(amountSchema)),
});

/** A round with its exams, its frozen set and what it took. */
export const roundViewSchema = z.object({
  round: count,
  /** The student that sat this round's exams, as a name, and the digest of its files. */
  student: z.object({ name: text, digest: text }),
  exams: z.array(examViewSchema),
  /** Null before the freeze. */
  frozen: z.nullable(
    z.object({
      sha256: text,
      questions: count,
      withRationale: count,
      withPair: count,
      positives: count,
      negatives: count,
      /** Positives by where they come from. */
      bySource: z.record(text, count),
      /** Why questions have no rationale or no pair. */
      uncovered: z.record(text, count),
      warnings: z.array(text),
    }),
  ),
  teacher: z.nullable(z.object({ profile: text, programmatic: z.boolean() })),
  /** What was asked of teachers, all together, and of each profile. */
  spent: spentSchema,
  asked: z.array(askedSchema),
  /** Of that, what second opinions took, and what they come to; absent where nobody asked for one. */
  opinions: z.optional(
    z.object({
      /** Rationales with a score that counts, and the mean of these scores. */
      scored: count,
      mean: z.nullable(z.number()),
      /** Rationales whose scores are a disagreement: that waits for a person, and that a person has settled. */
      apart: count,
      settled: count,
      calls: count,
      promptTokens: count,
      completionTokens: count,
    }),
  ),
  /** Null where no server sat an exam; `spent` null where one did and nobody wrote down what it took. */
  served: z.nullable(z.object({ spent: z.nullable(servedSpentSchema) })),
  /** Seconds of each stage, as far as they are recorded; a stage that is missing is unknown, not 0. */
  seconds: z.record(text, z.number()),
  /** Tokens in the same way: what the student wrote in the exams, and what went through it in the training. */
  tokens: z.record(text, count),
  /** Largest memory of the trainer in MB; null = unknown. */
  peakMemoryMB: z.nullable(z.number()),
  /**
   * Texts, attempts and questions whose standing decision this round made, each once; `entries` of the round's journals
   * that were not taken back are no such count: one may decide on many, and a later one replaces it.
   */
  decisions: z.object({
    person: count,
    rule: count,
    byType: z.record(text, count),
    entries: count,
  }),
  /** Training runs of this frozen set. */
  runs: z.array(z.object({ runId: text, state: text, chosen: z.boolean() })),
});
export type RoundView = z.infer<typeof roundViewSchema>;

/** Two rounds on the same questions of one set. */
export const comparisonViewSchema = z.object({
  from: count,
  to: count,
  set: text,
  role: setRoleSchema,
  n: count,
  before: rateSchema,
  after: rateSchema,
  fixed: count,
  newlyWrong: count,
  stillWrong: count,
  stillRight: count,
  /** Questions with several samples that are both right and wrong in either exam. */
  flaky: count,
  /** Mean change of the share right, in shares of 1, with its 95 % paired bootstrap interval over questions. */
  difference: z.object({ value: z.number(), low: z.number(), high: z.number() }),
  /** mcnemar: one sample a question; bootstrap: several; none: the exams differ, `why` says in what. */
  test: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('mcnemar'), p: z.number() }),
    z.object({ kind: z.literal('bootstrap') }),
    z.object({ kind: z.literal('none'), why: text }),
  ]),
  /** Whether the change can be told from chance, in one word and in one sentence. */
  outcome: z.enum(['better', 'worse', 'chance', 'untested']),
  verdict: text,
  onlyBefore: count,
  onlyAfter: count,
});
export type ComparisonView = z.infer<typeof comparisonViewSchema>;

/** What became of a training question over the rounds. */
export const trajectorySchema = z.enum([
  'learned',
  'forgotten',
  'stubborn',
  'known',
  'flaky',
  'unclear',
]);

/** How often what the teacher wrote was taken, by what it was asked with or by the kind of error it answers. */
export const acceptanceSchema = z.object({
  name: text,
  items: count,
  /** Questions that these items are about: what the list holds. */
  questions: count,
  /** Passed the gate. */
  passed: rateSchema,
  /** Of those that a person decided on: accepted, edited ones apart. */
  accepted: rateSchema,
  edited: count,
});

/** One way in which what is taught is like what the student is measured by. */
export const overlapViewSchema = z.object({
  /** What is like what: `train` (questions) or `rationales` beside `dev`, `test` or an extra set. */
  of: text,
  with: text,
  /** The same text, the same but for numbers, or many words in a row in common. */
  same: z.enum(['text', 'numbers', 'phrase']),
  groups: count,
  /** Questions of the set named by `with`: what the list holds. */
  questions: count,
  /** The first groups; all of them by `list`. */
  examples: z.array(z.object({ first: z.array(text), second: z.array(text) })),
});

/** A student and what it was taught: frozen sets by round, those of the students that it was trained from included. */
export const studentSawSchema = z.object({
  name: text,
  digest: text,
  /**
   * Null for a student that was there before the first round. `chosen`: the round goes on with this run's student; the
   * others of a round are students whose weights exist.
   */
  madeIn: z.nullable(z.object({ round: count, runId: text, chosen: z.boolean() })),
  /** Digest of the student that the training began with. */
  from: z.nullable(text),
  /** Rounds whose frozen sets it saw, oldest first. */
  saw: z.array(count),
  /** Distinct texts among them: rationales, and mistakes that they were held against. */
  positives: count,
  negatives: count,
});
export type StudentSaw = z.infer<typeof studentSawSchema>;

/** What the student answered to one question as it learned. */
export const probeSchema = z.object({
  questionId: text,
  question: text,
  /** Of a choice with its text, as the answers below: "(b) water". */
  gold: text,
  /** Of a choice all of them, the gold marked; of every other kind none. */
  choices: z.array(z.object({ letter: text, text, gold: z.boolean() })),
  /** By epoch of the shown run. */
  samples: z.array(
    z.object({ epoch: z.number(), text, answer: z.nullable(text), right: z.boolean() }),
  ),
});

/** Everything but the lists of questions: a complete picture with a revision. */
export const dashboardStateSchema = z.object({
  rev: count,
  project: text,
  /** Labels that must stand beside the numbers: a programmatic teacher, a demonstration student. */
  labels: z.array(text),
  sets: z.array(z.object({ name: text, role: setRoleSchema, questions: count })),
  rounds: z.array(roundViewSchema),
  /** The pair of rounds and the set that is shown; null with fewer than two exams of a set. */
  comparison: z.nullable(comparisonViewSchema),
  /** Of the training questions, over all rounds, by intervals. */
  trajectories: z.object({
    counts: z.record(trajectorySchema, count),
    /** How many rounds examined them, and the last that did; null = none. */
    rounds: count,
    upTo: z.nullable(count),
    newest: z.nullable(count),
    /** What nothing is known of yet: a 0 there says nothing. */
    unknown: z.array(trajectorySchema),
  }),
  acceptance: z.object({
    byPrompt: z.array(acceptanceSchema),
    byErrorKind: z.array(acceptanceSchema),
  }),
  contamination: z.array(overlapViewSchema),
  /** False while the texts are still being compared: then an empty list says nothing. */
  contaminationKnown: z.boolean(),
  students: z.array(studentSawSchema),
  /** How often the test set was looked at, and when last; null without a test set. */
  testLooks: z.nullable(z.object({ times: count, last: z.nullable(text) })),
  training: z.nullable(trainingSnapshotSchema),
  probes: z.array(probeSchema),
  /** Reading was not complete: files with bad lines and the like, one sentence each. */
  notes: z.array(text),
});
export type DashboardState = z.infer<typeof dashboardStateSchema>;

/** Which list of questions stands behind a number. */
export const listNameSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('change'),
    from: count,
    to: count,
    set: text,
    group: z.enum(['fixed', 'newly-wrong', 'still-wrong', 'still-right', 'flaky']),
  }),
  z.object({
    kind: z.literal('exam'),
    round: count,
    set: text,
    group: z.enum(['right', 'wrong', 'no-answer', 'truncated', 'outdated']),
  }),
  z.object({ kind: z.literal('trajectory'), group: trajectorySchema }),
  /** `questions`, `with-rationale`, `with-pair`, or a reason of `uncovered`. */
  z.object({ kind: z.literal('coverage'), round: count, group: text }),
  z.object({ kind: z.literal('overlap'), of: text, with: text, same: text }),
  z.object({
    kind: z.literal('acceptance'),
    by: z.enum(['prompt', 'error-kind']),
    name: text,
  }),
]);
export type ListName = z.infer<typeof listNameSchema>;

/** A question in a list behind a number. */
export const listedQuestionSchema = z.object({
  id: text,
  set: text,
  /** Clipped to 200 characters. */
  question: text,
  gold: text,
  /** k of N by round, oldest first; null where it was not asked. */
  history: z.array(
    z.object({ round: count, right: z.nullable(count), samples: z.nullable(count) }),
  ),
  /**
   * What was read of the last sample of each exam that the list is about, oldest first; where it is about none, of the
   * newest. Null = no answer could be read; an exam that did not ask it is left out.
   */
  answers: z.array(z.object({ round: count, answer: z.nullable(text) })),
  /** Rounds whose frozen sets teach it, and so which students saw it. */
  taughtIn: z.array(count),
  /** Whether Review can show it: a training question with attempts. */
  reviewable: z.boolean(),
});
export type ListedQuestion = z.infer<typeof listedQuestionSchema>;

export const dashboardContract = defineContract({
  requests: {
    init: {
      params: z.object({}),
      result: z.object({ state: dashboardStateSchema, strings: z.record(text, text) }),
    },
    compare: {
      params: z.object({ from: count, to: count, set: text }),
      result: z.object({ rev: count }),
    },
    list: {
      params: z.object({
        list: listNameSchema,
        from: count,
        count: z.int().check(z.gte(1), z.lte(200)),
      }),
      result: z.object({ total: count, questions: z.array(listedQuestionSchema) }),
    },
    /** Shows the list in Review (training questions) or the question in its data file. */
    open: {
      params: z.object({ list: z.nullable(listNameSchema), id: z.nullable(text) }),
      result: z.object({}),
    },
    /** The view sends a picture that it has drawn, the host writes it where the person says. */
    export: {
      params: z.discriminatedUnion('format', [
        z.object({ format: z.enum(['markdown', 'html', 'csv']) }),
        z.object({ format: z.enum(['svg', 'png']), name: text, data: text }),
      ]),
      result: z.object({ saved: z.boolean() }),
    },
    run: {
      params: z.object({
        verb: z.enum(['train', 'stop', 'round', 'look-at-test', 'show-training']),
      }),
      result: z.object({}),
    },
    showRun: { params: z.object({ round: count, runId: text }), result: z.object({ rev: count }) },
  },
  events: { state: dashboardStateSchema },
});
export type DashboardContract = typeof dashboardContract;
