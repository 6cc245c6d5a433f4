import * as z from 'zod';
import type { ChatFrame } from './chatFrame.ts';

/** One sampled answer of the student, immutable. Key: (set, questionId, sample, fingerprint). */
export const attemptSchema = z.object({
  type: z.literal('attempt'),
  set: z.string().min(1),
  questionId: z.string().min(1),
  sample: z.number().int().min(0),
  /** Hash of everything the text depends on; see exam/fingerprint.ts. */
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/u),
  /** What the student wrote after the prompt, byte for byte, stop token aside. */
  text: z.string(),
  /** Generated token ids, the end-of-sequence id included when it was generated. */
  ids: z.array(z.number().int().min(0)),
  finish: z.enum(['eos', 'stop', 'length', 'loop']),
  /** Names the question's text that was asked; see curation/questionText.ts. Absent in older files: the data file's. */
  asked: z.string().optional(),
  /** Smallest difference of the two largest logits over the generated tokens; null for none. */
  minMargin: z.number().nullable(),
  /** A server read special marks inside the question as such: this prompt is not the one that the student is trained on. */
  marksRead: z.literal(true).optional(),
});
export type Attempt = z.infer<typeof attemptSchema>;

export const samplingSchema = z.strictObject({
  /** 0 = greedy (ties: lowest id). */
  temperature: z.number().min(0).max(5),
  /** 1…64: sampling reads the 64 largest logits only. */
  topK: z.number().int().min(1).max(64),
  topP: z.number().gt(0).max(1),
});
export type Sampling = z.infer<typeof samplingSchema>;

export interface ExamItem {
  readonly questionId: string;
  readonly sample: number;
  /** The text after the fixed head. Never ends in white space. */
  readonly prompt: string;
}

export interface ExamRequest {
  /** Absolute path of the Hugging Face folder. */
  readonly student: string;
  /** Text before every prompt, computed once; may be empty. */
  readonly head: string;
  readonly items: readonly ExamItem[];
  readonly sampling: Sampling;
  /** Seed material of the counter-based generator: with questionId, sample and token index it decides every draw. */
  readonly seed: string;
  readonly maxNewTokens: number;
  /** Stop after a complete `Answer: …` line as well as at the end-of-sequence token. */
  readonly stopAtAnswerLine: boolean;
  /** The student's chat template around every prompt; plain prompts without. */
  readonly chat?: ChatFrame | undefined;
  /** Engine processes; undefined = decided from cores and memory. */
  readonly processes?: number;
}

/** What the engine finished; the exam service adds set and fingerprint. */
export type FinishedAttempt = Omit<Attempt, 'type' | 'set' | 'fingerprint'>;

/** Names the student and the engine as far as texts depend on them. */
export interface StudentIdentity {
  /** SHA-256 over the names and digests of config, tokenizer and weight files. */
  readonly digest: string;
  /** e.g. "tailor-native-1 onnxruntime-1.30.0 fp32". */
  readonly engine: string;
  readonly parameters: number;
}
