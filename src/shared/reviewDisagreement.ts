import * as z from 'zod/mini';

const count = z.int().check(z.nonnegative());
const text = z.string();

/** What two people decided differently about one question, and what counts until somebody decides again. */
export const disagreementSchema = z.object({
  matter: z.enum(['rationale', 'taught', 'pair', 'verdict', 'first-error', 'gold', 'question']),
  /** 1-based: which rationale of the record, or which sample; null where it is about neither, or that one is gone. */
  place: z.nullable(count),
  /** Each person's last word, in the order of their times. */
  voices: z.array(
    z.object({
      by: text,
      at: text,
      /** The decision as a sentence. */
      what: text,
      reason: z.nullable(text),
      /** It is the one that counts now. */
      holds: z.boolean(),
    }),
  ),
});
export type DisagreementView = z.infer<typeof disagreementSchema>;
