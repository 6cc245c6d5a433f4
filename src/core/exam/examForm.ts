import * as z from 'zod';
import { canonicalJson, sha256Text } from '../hash.ts';
import { samplingSchema } from './attempt.ts';
import { STOP_RULES, type ExamBasis } from './fingerprint.ts';

/** How an exam was held: what two exams must share before their difference can be the student's. */
export const examFormSchema = z.object({
  engine: z.string(),
  promptForm: z.string(),
  /** Names the text before every prompt. */
  head: z.string(),
  sampling: samplingSchema,
  maxNewTokens: z.number().int(),
  stopAtAnswerLine: z.boolean(),
  stopRules: z.string(),
});
export type ExamForm = z.infer<typeof examFormSchema>;

/** The parts of a fingerprint that are the same in every round of a project whose settings stay. */
export function examFormOf({
  engine,
  promptForm,
  request,
}: Omit<ExamBasis, 'studentDigest'>): ExamForm {
  const { head, sampling, maxNewTokens, stopAtAnswerLine } = request;
  return {
    engine,
    promptForm,
    head: sha256Text(head).slice(0, 16),
    sampling,
    maxNewTokens,
    stopAtAnswerLine,
    stopRules: STOP_RULES,
  };
}

const NAMES: Readonly<Record<keyof ExamForm, string>> = {
  engine: 'the engine',
  promptForm: 'the prompt form',
  head: 'exam.head',
  sampling: 'exam.sampling',
  maxNewTokens: 'exam.maxNewTokens',
  stopAtAnswerLine: 'exam.stopAtAnswerLine',
  stopRules: 'the stop rules',
};

/** What two exams were held differently in, by the names of the settings; nothing where one is not known. */
export function differencesOf(before: ExamForm | undefined, after: ExamForm | undefined): string[] {
  if (!before || !after) return [];
  // SAFETY: NAMES has exactly the keys of a form.
  return (Object.keys(NAMES) as (keyof ExamForm)[])
    .filter((part) => canonicalJson(before[part]) !== canonicalJson(after[part]))
    .map((part) => NAMES[part]);
}
