import * as z from 'zod';
import { authorSchema } from '../curation/decision.ts';
import { sentence, type Sentence } from '../sentence.ts';

/** The set that only an explicit act examines. */
export const TEST_SET = 'test';

/**
 * A line of rounds/N/looks/<writer>.jsonl: somebody asked for the test exam of this round. Written before a question is
 * asked, so that no look is lost; one that was stopped counts, too.
 */
export const lookSchema = z.object({
  type: z.literal('look'),
  set: z.literal(TEST_SET),
  author: authorSchema,
  /** Digest of the student that sat it. */
  student: z.string(),
});
export type Look = z.infer<typeof lookSchema>;

/** A look as its journal has it. */
export type RecordedLook = Look & {
  readonly at: string;
  readonly writer: string;
  readonly seq: number;
};

/** How often the test set was looked at over all rounds, and when last. */
export interface Looks {
  readonly times: number;
  readonly last: string | null;
}

/** Counts the looks of all rounds, given by round. */
export function countLooks(byRound: readonly (readonly Pick<RecordedLook, 'at'>[])[]): Looks {
  const all = byRound.flat().map(({ at }) => at);
  return { times: all.length, last: all.sort().at(-1) ?? null };
}

/** How often the test set was looked at: it stands beside all its numbers. */
export function looksSentence({ times, last }: Looks): Sentence {
  if (times === 0) return sentence`The test set was not looked at.`;
  const when = (last ?? '').slice(0, 10);
  return times === 1
    ? sentence`The test set was looked at once, on ${when}.`
    : sentence`The test set was looked at ${times} times, last on ${when}: whoever chooses by its numbers has no test set any more.`;
}
