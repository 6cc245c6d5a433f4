import * as z from 'zod';
import { sha256Text } from '../hash.ts';

/**
 * How an answer is read and compared. `number`: as numbers; `choice`: a letter among `choices`, "a" the first;
 * `yes-no`; `exact`: the text, white space and case aside; `regex`: the gold is a pattern that the whole answer matches.
 */
export const answerKindSchema = z.enum(['number', 'choice', 'yes-no', 'exact', 'regex']);
export type AnswerKind = z.infer<typeof answerKindSchema>;

/**
 * One row of data/*.jsonl. `answer` is the gold as the source spells it (of a choice its letter); `kind` is `number`
 * where it is absent; `choices` are the texts behind (a), (b), …; `equation` is an infix expression that gives the gold
 * (what the programmatic teacher works from); `tags` group questions in reports (family, split).
 */
export const questionSchema = z.object({
  id: z.string().min(1).max(200),
  question: z.string().min(1),
  answer: z.string().min(1),
  kind: answerKindSchema.optional(),
  choices: z.array(z.string().regex(/\S/u)).min(2).max(26).optional(),
  rationale: z.string().min(1).optional(),
  equation: z.string().min(1).optional(),
  tags: z.array(z.string()).optional(),
});
export type Question = z.infer<typeof questionSchema>;

/** Case, Unicode form and white space aside: what makes two question texts the same question. */
export function normaliseQuestion(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** A stable id for a question whose source gives none: from its text alone, never from its place in the file. */
export function questionId(text: string): string {
  return `q-${sha256Text(normaliseQuestion(text)).slice(0, 16)}`;
}
