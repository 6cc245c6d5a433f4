import * as z from 'zod';

const id = z.number().int().min(0);
const hex64 = z.string().regex(/^[0-9a-f]{64}$/u);

/** Largest allowed |difference| between the trainer's fp32 logits and the engine's. */
export const LOGIT_TOLERANCE = 1e-3;

/** Below this difference of the two largest logits the arithmetic may decide either way: a near tie, not a defect. */
export const NEAR_TIE = 1e-4;

/** parity.json: what the trainer's own libraries compute with a student, for the engine to repeat (exam-engine.md §7). */
export const paritySchema = z.object({
  v: z.literal(1),
  /** Of the bytes of model.safetensors; of weights in several files, of their names and hashes. */
  weightsSha256: hex64,
  dtype: z.enum(['float32', 'bfloat16']),
  /** Whether the tokenizer itself puts a begin-of-sequence id before a text. */
  bos: z.boolean(),
  eosIds: z.array(id),
  versions: z.record(z.string(), z.string()),
  prompts: z
    .array(
      z.object({
        text: z.string(),
        ids: z.array(id).min(1),
        logits: z.array(
          z.object({
            /** Index into `ids` whose next-token logits are meant. */
            position: id,
            topIds: z.array(id).min(1),
            topValues: z.array(z.number()).min(1),
          }),
        ),
        greedyIds: z.array(id),
        /** Difference of the two largest logits before each greedy id. */
        greedyMargins: z.array(z.number()),
        /** What each greedy id adds to the text, and its log-probability: for servers, which know no ids or logits. */
        greedyPieces: z.array(z.string()).optional(),
        greedyLogprobs: z.array(z.number()).optional(),
      }),
    )
    .min(1),
  /** Plain texts: no begin-of-sequence id, special tokens inside them split into ordinary pieces. */
  strings: z.array(z.object({ text: z.string(), ids: z.array(id) })),
});
export type Parity = z.infer<typeof paritySchema>;
