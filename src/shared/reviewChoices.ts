import * as z from 'zod/mini';

const text = z.string();

/** One of the choices of a question, as Review shows it. */
export const choiceViewSchema = z.object({
  /** "a" is the first. */
  letter: text,
  text,
  /** Whether it is the gold that counts now. */
  gold: z.boolean(),
});
export type ChoiceView = z.infer<typeof choiceViewSchema>;

/** What of a question's kind is shown; nothing of it where answers are numbers. */
export const kindFields = {
  kind: z.optional(z.enum(['choice', 'yes-no', 'exact', 'regex'])),
  /** Of a choice question all of them, in order. */
  choices: z.optional(z.array(choiceViewSchema)),
};

/** Gold and most frequent wrong answer of a choice question as "(b) blotter", clipped; `wrong` null as `wrongAnswer` is. */
export const rowChoiceSchema = z.optional(z.object({ gold: text, wrong: z.nullable(text) }));

interface Choosable {
  readonly choices?: readonly ChoiceView[] | undefined;
}

/** An answer as it is read aloud: of a choice question its letter and the choice's text, else as it is. */
export function answerWords({ choices }: Choosable, answer: string): string {
  const found = choices?.find(({ letter }) => letter === answer.toLowerCase());
  return found ? `(${found.letter}) ${found.text}` : answer;
}
