import { createHash } from 'node:crypto';
import { sha256Json } from '../../core/hash.ts';
import { reply, TEACHER_VERSION, understand } from '../../core/teaching/programmatic/answer.ts';
import type { Imperfection } from '../../core/teaching/programmatic/imperfect.ts';
import type { Knowledge } from '../../core/teaching/programmatic/knowledge.ts';
import { lastUserText, promptText, type ChatRequest } from './request.ts';
import { countTokens, firstTokens, type PromptCache } from './tokens.ts';

export interface Choice {
  readonly text: string;
  readonly finish: string | null;
}

export interface CompletionUsage {
  readonly prompt: number;
  readonly completion: number;
  readonly cached: number;
}

/** A whole reply before it is put on the wire. */
export interface Completion {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly model: string;
  readonly fingerprint: string;
  readonly choices: readonly Choice[];
  readonly usage: CompletionUsage;
  readonly questionId: string | null;
}

export interface CompletionContext {
  readonly knowledge: Knowledge;
  readonly cache: PromptCache;
  /** Requests of each question so far, by question and mode: the draw where a request brings no seed. */
  readonly counters: Map<string, number>;
  readonly imperfect: Imperfection | undefined;
  now(): number;
}

function cut(text: string, request: ChatRequest): Choice {
  const stops = [request.stop ?? []].flat().filter((stop) => stop !== '');
  const found = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  const stopped = found.length > 0 ? text.slice(0, Math.min(...found)) : text;
  const limit = request.max_completion_tokens ?? request.max_tokens ?? Number.MAX_SAFE_INTEGER;
  const kept = limit < countTokens(stopped) ? firstTokens(stopped, limit) : stopped;
  return { text: kept, finish: kept === stopped ? 'stop' : 'length' };
}

/** The reply of the teacher to a request: the same question, mode and seed always give the same texts. */
export function complete(request: ChatRequest, context: CompletionContext): Completion {
  const { knowledge, counters } = context;
  const asked = understand(knowledge, lastUserText(request));
  const key = `${asked.mode} ${asked.known?.id ?? ''}`;
  const count = request.n ?? 1;
  const seen = counters.get(key) ?? 0;
  const first = request.seed === null || request.seed === undefined ? seen : Math.abs(request.seed);
  counters.set(key, seen + count);
  const json = (request.response_format?.type ?? 'text') !== 'text';
  const options = { json, ...(context.imperfect ? { imperfect: context.imperfect } : {}) };
  const choices = Array.from({ length: count }, (_, index) =>
    cut(reply(asked, first + index, options).text, request),
  );
  const prompt = promptText(request);
  const digest = createHash('sha256')
    .update(JSON.stringify([request, first]))
    .digest('hex');
  return {
    id: `chatcmpl-${digest.slice(0, 24)}`,
    created: Math.floor(context.now() / 1000),
    model: request.model,
    fingerprint: fingerprintOf(knowledge),
    choices,
    usage: {
      prompt: countTokens(prompt),
      completion: choices.reduce((sum, choice) => sum + countTokens(choice.text), 0),
      cached: context.cache.seen(prompt),
    },
    questionId: asked.known?.id ?? null,
  };
}

const fingerprints = new WeakMap<Knowledge, string>();

/** Changes with the teacher's version and with its data, as a provider's does with its model's set-up. */
export function fingerprintOf(knowledge: Knowledge): string {
  const known = fingerprints.get(knowledge);
  if (known !== undefined) return known;
  const made = `fp_${sha256Json([TEACHER_VERSION, knowledge.dataHash]).slice(0, 12)}`;
  fingerprints.set(knowledge, made);
  return made;
}
