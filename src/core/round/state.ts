import * as z from 'zod';
import { examFormSchema, type ExamForm } from '../exam/examForm.ts';
import { parityVerdictSchema, type ParityVerdict } from '../exam/parityVerdict.ts';
import { relativePathSchema } from '../project/relativePath.ts';
import { TEST_SET } from './looks.ts';
import type { Step } from './step.ts';

/** A training run whose student is finished. */
const finishedRunSchema = z.object({
  runId: z.string(),
  student: z.object({ path: relativePathSchema, digest: z.string() }),
  seconds: z.number().min(0).optional(),
});

const examSetSchema = z.object({
  fingerprint: z.string(),
  questions: z.number().int().min(0),
  samples: z.number().int().min(1),
  /** How it was held; not in older files. */
  form: examFormSchema.optional(),
  /** How who sat it stood to the trainer's record of the student; not in older files. */
  parity: parityVerdictSchema.optional(),
  /** Questions inside which the server read special marks; absent for none. */
  marks: z.number().int().min(1).optional(),
});

/** rounds/N/round.json: where a round stands. Everything in it can be checked against the other files. */
export const roundStateSchema = z.object({
  v: z.literal(1),
  round: z.number().int().min(0),
  /** The student that sits this round's exam; `path` is relative to the project. */
  student: z.object({ path: relativePathSchema, digest: z.string() }),
  exams: z.record(z.string(), examSetSchema),
  audit: z.object({ suspects: z.number().int(), questions: z.number().int() }).nullable(),
  teaching: z
    .object({
      purpose: z.enum(['annotate', 'feedback']),
      profile: z.string(),
      programmatic: z.boolean(),
      questions: z.number().int(),
      accepted: z.number().int(),
      humanQueue: z.number().int(),
    })
    .nullable(),
  curated: z.object({ accepted: z.number().int(), rejected: z.number().int() }).nullable(),
  frozen: z.object({ trainSha256: z.string() }).nullable(),
  training: z
    .object({
      runId: z.string(),
      /** The finished student, relative to the project; null while training. */
      student: z.object({ path: relativePathSchema, digest: z.string() }).nullable(),
      /** What of `seconds.train` is this run's; not in older files. */
      seconds: z.number().min(0).optional(),
      /** The finished run that the round had when this one began; it has it again where this one comes to nothing. */
      before: finishedRunSchema.optional(),
    })
    .nullable(),
  /** Seconds spent in each stage over all starts of it; in training those of the trainers, by their own records. */
  seconds: z.record(z.string(), z.number().min(0)),
});
export type RoundState = z.infer<typeof roundStateSchema>;

export type RoundEvent =
  | {
      type: 'exam-finished';
      set: string;
      fingerprint: string;
      questions: number;
      samples: number;
      /** Answers that were missing before: those of new questions, changed texts, more samples. */
      answered?: number;
      form?: ExamForm;
      parity?: ParityVerdict;
      marks?: number;
    }
  | { type: 'audited'; suspects: number; questions: number }
  | ({ type: 'taught' } & NonNullable<RoundState['teaching']>)
  | { type: 'curated'; accepted: number; rejected: number }
  | { type: 'frozen'; trainSha256: string }
  | { type: 'unfrozen' }
  | { type: 'training-started'; runId: string }
  /** The run has come to nothing: nothing of it can be gone on with. */
  | { type: 'training-withdrawn'; runId: string }
  | { type: 'trained'; runId: string; student: { path: string; digest: string } }
  | { type: 'spent'; stage: string; seconds: number }
  /** All that this run has taken so far. */
  | { type: 'trained-for'; runId: string; seconds: number };

export function openRound(round: number, student: RoundState['student']): RoundState {
  return {
    v: 1,
    round,
    student,
    exams: {},
    audit: null,
    teaching: null,
    curated: null,
    frozen: null,
    training: null,
    seconds: {},
  };
}

/**
 * The pure reducer of a round. An exam result that differs from the recorded one (other student, other sampling, other
 * training questions) reopens what was built on it, unless the round is frozen: a frozen round keeps what it was made
 * from.
 */
export function reduceRound(state: RoundState, event: RoundEvent): RoundState {
  switch (event.type) {
    case 'exam-finished': {
      const { set, fingerprint, questions, samples, form, parity, marks = 0 } = event;
      const before = state.exams[set];
      const about = { ...(form ? { form } : {}), ...(parity ? { parity } : {}) };
      const exam = { fingerprint, questions, samples, ...about, ...(marks > 0 ? { marks } : {}) };
      const exams = { ...state.exams, [set]: exam };
      const grown = set === 'train' && (event.answered ?? 0) > 0;
      const changed = before !== undefined && (before.fingerprint !== fingerprint || grown);
      // Nothing is built on a look at the test set.
      if (!changed || state.frozen || set === TEST_SET) return { ...state, exams };
      return { ...state, exams, audit: null, teaching: null, curated: null };
    }
    case 'audited':
      return { ...state, audit: { suspects: event.suspects, questions: event.questions } };
    case 'taught': {
      const { type: _type, ...teaching } = event;
      // What the teacher has just written nobody has decided on yet.
      return { ...state, teaching, curated: state.frozen ? state.curated : null };
    }
    case 'curated':
      return { ...state, curated: { accepted: event.accepted, rejected: event.rejected } };
    case 'frozen':
      return { ...state, frozen: { trainSha256: event.trainSha256 } };
    case 'unfrozen':
      return { ...state, frozen: null, training: null };
    case 'training-started':
      return startedRun(state, event.runId);
    case 'training-withdrawn': {
      const { training } = state;
      if (training?.runId !== event.runId || training.student || !training.before) return state;
      return { ...state, training: training.before };
    }
    case 'trained': {
      const { runId, student } = event;
      const { seconds } = state.training?.runId === runId ? state.training : { seconds: 0 };
      const training = { runId, student, ...(seconds === undefined ? {} : { seconds }) };
      return { ...state, training };
    }
    case 'trained-for': {
      const { training } = state;
      // An older file does not say what of the stage's time is this run's: it may be all of it, and counts once.
      const booked = training?.seconds ?? state.seconds['train'] ?? 0;
      const more = event.seconds - booked;
      if (training?.runId !== event.runId || more <= 0) return state;
      return {
        ...spentMore(state, 'train', more),
        training: { ...training, seconds: event.seconds },
      };
    }
    case 'spent':
      return spentMore(state, event.stage, event.seconds);
  }
}

/** The finished run that a round had is remembered until another one is finished. */
function startedRun(state: RoundState, runId: string): RoundState {
  const { training } = state;
  if (training?.runId === runId) return state;
  const before = training && finishedOf(training);
  if (before?.runId === runId) return { ...state, training: before };
  const begun = { runId, student: null, seconds: 0 };
  return { ...state, training: before ? { ...begun, before } : begun };
}

/** The finished run of a round: the one that it has, or the one that it had before the one that it has begun. */
export function finishedOf(
  training: NonNullable<RoundState['training']>,
): z.infer<typeof finishedRunSchema> | undefined {
  const { before, student, ...run } = training;
  return student ? { ...run, student } : before;
}

function spentMore(state: RoundState, stage: string, more: number): RoundState {
  const seconds = (state.seconds[stage] ?? 0) + more;
  return { ...state, seconds: { ...state.seconds, [stage]: seconds } };
}

/** The sets whose exam a round needs: its last exam (nothing is taught after it) leaves the training questions out. */
export function examSets(extra: readonly string[], isLast: boolean): string[] {
  return isLast ? ['dev', ...extra] : ['train', 'dev', ...extra];
}

/** The first unfinished step of a round; null when nothing is left to do in it. */
export function nextStep(state: RoundState, sets: readonly string[], isLast: boolean): Step | null {
  // Without its audit an exam was stopped before its grades were written.
  if (state.audit === null || sets.some((set) => state.exams[set] === undefined)) return 'exam';
  if (isLast) return null;
  if (!state.teaching && !state.frozen) return 'teach';
  if (!state.curated && !state.frozen) return 'curate';
  if (!state.frozen) return 'freeze';
  if (!state.training?.student) return 'train';
  return null;
}
