import * as z from 'zod/mini';

const count = z.int().check(z.nonnegative());
const text = z.string();

/** What students answered when somebody asked them one question again: shown beside the exam, and counted nowhere. */
export const askedAgainSchema = z.object({
  /** Names the asking. */
  id: text,
  /** When its first answer came. */
  at: text,
  student: z.object({
    /** The one that sat the exam that is shown. */
    same: z.boolean(),
    /** The round whose training made it, and the run; null for a student that no training made. */
    trained: z.nullable(z.object({ round: count, run: text })),
  }),
  draws: z.enum(['fresh', 'same', 'greedy']),
  /** It answered another wording of the question than the one that counts now. */
  older: z.boolean(),
  /** What it was asked in otherwise than the exam, by the names of the settings. */
  differs: z.array(text),
  /** How many answers were to come; fewer came where it was stopped. */
  samples: count,
  right: count,
  /** Identical texts once, wrong ones first. */
  answers: z.array(
    z.object({
      sample: count,
      times: count,
      /** The student's text, byte for byte. */
      text,
      answer: z.nullable(text),
      verdict: z.enum(['right', 'wrong', 'no-answer']),
      /** An attempt of the exam has exactly this text. */
      recorded: z.boolean(),
    }),
  ),
});
export type AskedAgainView = z.infer<typeof askedAgainSchema>;

/** How a student is asked again: with fresh draws, with those of the exam once more, or for its most likely answer. */
export const againHowSchema = z.enum(['fresh', 'same', 'greedy']);

/** Who is asked again: the student that sat this exam, the base student, or the newest one. */
export const againWhoSchema = z.enum(['round', 'base', 'last']);

/** Asks a student one question again; its answers come with the record. */
export const againRequest = {
  params: z.object({
    id: text,
    how: againHowSchema,
    who: againWhoSchema,
    /** As many as in the exam where null. */
    samples: z.nullable(count),
    /** The round that the view shows; null where nobody looks. */
    round: z.nullable(count),
  }),
  result: z.object({ rev: count, right: count, samples: count }),
};
