import * as z from 'zod';
import { relativePathSchema } from '../project/relativePath.ts';
import { attemptSchema } from './attempt.ts';
import { examFormSchema } from './examForm.ts';

/** Who was asked again: a student's folder and, where a training of this project made it, which one. */
export const againStudentSchema = z.object({
  path: relativePathSchema,
  digest: z.string(),
  /** The round and the run that made it; null for a student that no training of this project made. */
  trained: z.object({ round: z.number().int().min(0), run: z.string().min(1) }).nullable(),
});
export type AgainStudent = z.infer<typeof againStudentSchema>;

const { questionId, sample, fingerprint, text, finish, asked, minMargin } = attemptSchema.shape;

/**
 * One answer of a student that was asked a question again, in rounds/N/again/<writer>.jsonl: beside the exam's attempts
 * and never one of them. Nothing that is counted, paired or frozen reads it.
 */
export const againSchema = z.object({
  type: z.literal('again'),
  /** The same on all answers of one asking. */
  asking: z.string().min(1),
  questionId,
  /** Behind those of the exam where the draws are new ones; one of the exam's where it was asked with the same draws. */
  sample,
  fingerprint,
  text,
  finish,
  asked,
  minMargin,
  /** How many answers the asking was to bring. */
  samples: z.number().int().min(1),
  form: examFormSchema,
  student: againStudentSchema,
});
export type Again = z.infer<typeof againSchema>;

/** An answer as it stands in its file. */
export type RecordedAgain = Again & {
  readonly writer: string;
  readonly seq: number;
  readonly at: string;
};

/** Whether it was asked for the most likely answer. */
export const isGreedy = ({ form }: Pick<Again, 'form'>): boolean => form.sampling.temperature === 0;

/** Most answers that one asking may bring. */
export const MOST_AGAIN = 64;
