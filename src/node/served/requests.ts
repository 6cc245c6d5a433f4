import type * as z from 'zod';
import { TeacherFailure } from '../teacher/failure.ts';
import type { StudentProfile } from './profiles.ts';
import { askJson, type ServerAccess } from './transport.ts';
import type { Meter } from './meter.ts';
import { completionSchema, modelsSchema, usageOf, type Choice, type Completion } from './wire.ts';

/** A text put to a server as its profile says: to be gone on with, also as token ids, or as a chat's message. */
export function askedBy(
  api: StudentProfile['api'],
  text: string | readonly number[],
): { readonly path: string; readonly asked: Readonly<Record<string, unknown>> } {
  return api === 'chat'
    ? { path: 'chat/completions', asked: { messages: [{ role: 'user', content: text }] } }
    : { path: 'completions', asked: { prompt: text } };
}

/**
 * What changes texts and is not asked for: a server takes it from the student's generation_config.json (vLLM, a
 * repetition penalty of some Qwen) or has its own (llama.cpp). An exam asks the weights alone. By each server's names.
 */
export function nothingMore(kind: StudentProfile['kind']): Readonly<Record<string, number>> {
  switch (kind) {
    case 'vllm':
      return { repetition_penalty: 1, min_p: 0 };
    case 'llama.cpp':
      return { repeat_penalty: 1, min_p: 0 };
    case 'ollama':
    case 'other':
      return {};
  }
}

/** What a server says it serves; null where it has no list. */
export async function listModels(
  access: ServerAccess,
  signal: AbortSignal,
): Promise<z.infer<typeof modelsSchema>['data'] | null> {
  try {
    return (await askJson(access, 'models', modelsSchema, null, signal)).data;
  } catch (error) {
    if (error instanceof TeacherFailure && error.code === 'teacher.model') return null;
    throw error;
  }
}

/**
 * The likeliest continuation of a prompt, at most `tokens` long, with all that the server tells of its tokens. Always
 * through completions: a chat would put the server's own template around what the trainer recorded.
 */
export async function askGreedy(
  access: ServerAccess,
  {
    model,
    prompt,
    tokens,
  }: { readonly model: string; readonly prompt: string; readonly tokens: number },
  signal: AbortSignal,
  meter: Meter | null = null,
): Promise<Choice[]> {
  const body = {
    ...{ model, prompt, max_tokens: tokens, temperature: 0, top_p: 1, logprobs: 1 },
    ...nothingMore(access.profile.kind),
    ...(access.profile.kind === 'vllm' ? { return_token_ids: true } : {}),
  };
  const send = (): Promise<Completion> =>
    askJson(access, 'completions', completionSchema, body, signal);
  if (meter === null) return (await send()).choices;
  const ask = { prompt, maxTokens: tokens, samples: 1 };
  const answer = await meter.ask(ask, signal, send, ({ choices, usage }) => ({
    usage: usageOf(usage),
    text: choices.map(({ text }) => text ?? '').join(''),
  }));
  return answer.choices;
}
