import { sentence } from '../../core/sentence.ts';
import * as z from 'zod';
import type { Usage } from '../../core/teaching/records.ts';
import { TeacherFailure } from './failure.ts';
import type { TransportReply } from './transportReply.ts';

/** A longer reply is cut here and never used. */
export const MAX_REPLY_CHARACTERS = 1_000_000;
/** Larger figures than this are nonsense and count as missing. */
const SENSIBLE_TOKENS = 10_000_000;

const countSchema = z.number().min(0).max(SENSIBLE_TOKENS);
/** A prompt is never empty: a server that counts 0 does not count. */
const promptCountSchema = countSchema.check(z.gt(0));
const usageWireSchema = z.object({
  prompt_tokens: promptCountSchema,
  completion_tokens: countSchema,
  prompt_tokens_details: z.object({ cached_tokens: countSchema.nullish() }).nullish(),
});
const chunkSchema = z.object({
  model: z.string().nullish(),
  system_fingerprint: z.string().nullish(),
  choices: z
    .array(
      z.object({
        index: z.number().nullish(),
        delta: z
          .object({
            content: z.string().nullish(),
            reasoning_content: z.string().nullish(),
            reasoning: z.string().nullish(),
            refusal: z.string().nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z.unknown().optional(),
});
type Chunk = z.infer<typeof chunkSchema>;

/** Gathers a stream's events into one reply. */
export class Collector {
  readonly #started: number;
  readonly #parts: string[] = [];
  #length = 0;
  #thoughtBytes = 0;
  #refusal = '';
  #finishReason: string | null = null;
  #usage: Usage | null = null;
  #model: string | null = null;
  #fingerprint: string | null = null;
  #firstTokenMs: number | null = null;
  events = 0;

  constructor(started: number) {
    this.#started = started;
  }

  get overlong(): boolean {
    return this.#length > MAX_REPLY_CHARACTERS;
  }

  /** Whether the reply itself, thoughts included, has begun. */
  get begun(): boolean {
    return this.#firstTokenMs !== null;
  }

  add(event: unknown): void {
    const parsed = chunkSchema.safeParse(event);
    if (!parsed.success) {
      throw new TeacherFailure({
        class: 'retry',
        code: 'teacher.malformed',
        message: sentence`The teacher’s reply does not have the form of a chat completion.`,
        possiblyBilled: true,
      });
    }
    this.events += 1;
    this.#model ??= parsed.data.model ?? null;
    this.#fingerprint ??= parsed.data.system_fingerprint ?? null;
    const usage = usageWireSchema.safeParse(parsed.data.usage);
    if (usage.success) {
      this.#usage = {
        promptTokens: Math.round(usage.data.prompt_tokens),
        completionTokens: Math.round(usage.data.completion_tokens),
        cachedTokens: Math.round(usage.data.prompt_tokens_details?.cached_tokens ?? 0),
        estimated: false,
      };
    }
    for (const choice of parsed.data.choices ?? []) this.#addChoice(choice);
  }

  #addChoice({ index, delta, finish_reason: reason }: NonNullable<Chunk['choices']>[number]): void {
    if ((index ?? 0) !== 0) return;
    const content = delta?.content ?? '';
    const thought = delta?.reasoning_content ?? delta?.reasoning ?? '';
    this.#thoughtBytes += Buffer.byteLength(thought);
    this.#refusal += delta?.refusal ?? '';
    if (content !== '' || thought !== '') this.#firstTokenMs ??= performance.now() - this.#started;
    if (content !== '') {
      this.#parts.push(content);
      this.#length += content.length;
    }
    if (reason !== null && reason !== undefined) this.#finishReason = reason;
  }

  finish(overlong: boolean): TransportReply {
    const text = this.#parts.join('');
    return {
      text: overlong ? cut(text) : text,
      finishReason: this.#refusal === '' ? this.#finishReason : 'refusal',
      usage: this.#usage,
      responseModel: this.#model,
      fingerprint: this.#fingerprint,
      overlong,
      thoughtBytes: this.#thoughtBytes,
      firstTokenMs: this.#firstTokenMs,
      totalMs: performance.now() - this.#started,
    };
  }
}

function cut(text: string): string {
  return text.slice(0, MAX_REPLY_CHARACTERS).replace(/[\uD800-\uDBFF]$/u, '');
}
