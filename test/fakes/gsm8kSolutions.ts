import { z } from 'zod';
import { jsonLines } from './publicData.ts';

const solution = z.object({ is_correct: z.boolean(), solution: z.string() });
/** The four models, in the order of the file's fields. */
export const SOLUTION_MODELS = [
  '6b_finetuning',
  '6b_verification',
  '175b_finetuning',
  '175b_verification',
] as const;
export type SolutionModel = (typeof SOLUTION_MODELS)[number];

export interface Solution {
  readonly question: string;
  readonly gold: string;
  readonly model: SolutionModel;
  readonly text: string;
  readonly isCorrect: boolean;
}

/** The published solutions of four models to the 1,319 GSM8K test questions, with the golds of the test file. */
export function gsm8kSolutions(): Solution[] {
  const goldOf = new Map(
    z
      .array(z.object({ question: z.string(), answer: z.string() }))
      .parse(jsonLines('gsm8k/test.jsonl'))
      .map(({ question, answer }) => [question, answer.split('#### ')[1] ?? '']),
  );
  return z
    .array(z.object({ question: z.string() }).and(z.record(z.string(), z.unknown())))
    .parse(jsonLines('gsm8k/example_model_solutions.jsonl'))
    .flatMap((row) =>
      SOLUTION_MODELS.map((model) => {
        const { is_correct: isCorrect, solution: text } = solution.parse(row[model]);
        const gold = goldOf.get(row.question) ?? '';
        return { question: row.question, gold, model, text, isCorrect };
      }),
    );
}
