import * as z from 'zod';
import type { ServedGreedy, ServedToken } from '../../core/exam/servedParity.ts';

/** `GET models`; vLLM and llama.cpp add how much text fits. */
export const modelsSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      max_model_len: z.number().nullish(),
      meta: z.object({ n_ctx_train: z.number().nullish() }).nullish(),
    }),
  ),
});

/** What a server says that an answer took. */
const usageSchema = z.object({
  prompt_tokens: z.number().int().min(0),
  completion_tokens: z.number().int().min(0),
});

/** An event of a stream of completions or of a chat; the last one may hold the usage alone. */
export const chunkSchema = z.object({
  choices: z.array(
    z.object({
      index: z.number().int().min(0).default(0),
      text: z.string().nullish(),
      delta: z.object({ content: z.string().nullish() }).nullish(),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: usageSchema.nullish(),
  error: z.unknown().optional(),
});

/** Log-probabilities as OpenAI's completions give them, and as chats and llama.cpp do. */
const logprobsSchema = z.object({
  tokens: z.array(z.string()).nullish(),
  token_logprobs: z.array(z.number().nullable()).nullish(),
  content: z
    .array(z.object({ token: z.string(), logprob: z.number(), id: z.number().nullish() }))
    .nullish(),
});

/** An answer to completions or a chat that comes at once. */
export const completionSchema = z.object({
  choices: z
    .array(
      z.object({
        text: z.string().nullish(),
        message: z.object({ content: z.string().nullish() }).nullish(),
        logprobs: logprobsSchema.nullish(),
        token_ids: z.array(z.number().int()).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: usageSchema.nullish(),
});
export type Completion = z.infer<typeof completionSchema>;
export type Choice = Completion['choices'][number];

/** The tokens of a choice, as far as the server tells of them; null where it does not. */
export function tokensOf(choice: Choice): ServedToken[] | null {
  const { logprobs, token_ids: ids } = choice;
  if (logprobs?.content) {
    return logprobs.content.map(({ token, logprob, id }, at) => ({
      text: token,
      logprob,
      id: id ?? ids?.[at] ?? null,
    }));
  }
  if (logprobs?.tokens) {
    return logprobs.tokens.map((text, at) => ({
      text,
      logprob: logprobs.token_logprobs?.[at] ?? null,
      id: ids?.[at] ?? null,
    }));
  }
  return ids ? ids.map((id) => ({ text: '', logprob: null, id })) : null;
}

/** Tokens as a server counts them; null where it does not say. */
export function usageOf(
  usage: z.infer<typeof usageSchema> | null | undefined,
): { readonly promptTokens: number; readonly completionTokens: number } | null {
  if (!usage) return null;
  return { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens };
}

/** A choice as a check of the weights compares it. */
export function greedyOf(choice: Choice): ServedGreedy {
  return { text: choice.text ?? choice.message?.content ?? '', tokens: tokensOf(choice) };
}
