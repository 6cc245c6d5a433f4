import type { APIError } from 'openai';
import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { cancelled } from '../../core/errors.ts';
import type { ChatMessage } from '../../core/teaching/teacher.ts';
import type { Dialect } from './dialect.ts';
import { classifyEmptyStream, classifyStated, classifyThrown } from './classify.ts';
import { Collector } from './collector.ts';
import { TeacherFailure } from './failure.ts';
import { guardFetch } from './guardedFetch.ts';
import type { Deadlines } from './profiles.ts';
import { parseRateInfo, parseRetryAfter, type RateInfo } from './rateHeaders.ts';
import type { TransportReply } from './transportReply.ts';
import { Watchdog } from './watchdog.ts';

const MAX_RAW_BYTES = 32 * 1024 * 1024;

export interface TransportSettings {
  readonly baseURL: URL;
  readonly model: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly deadlines: Deadlines;
  readonly topP: number;
  readonly dialect: Dialect;
}

export interface ChatCall {
  readonly messages: readonly ChatMessage[];
  readonly temperature: number;
  readonly maxTokens: number;
  readonly seed: number;
  /** More of the body, as it is on the wire. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface CallWatch {
  readonly signal: AbortSignal;
  /** Called once, when the response's head has come with a success status. */
  readonly onAccepted: (info: RateInfo | null) => void;
  readonly onLimited: (info: RateInfo | null, retryAfterMs: number | null) => void;
  /** Every event of the stream as it came. */
  readonly onEvent?: (event: unknown) => void;
}

/** Sends one request and gives the whole reply, or throws a TeacherFailure, or `cancelled`. Never retries. */
export async function sendChat(
  settings: TransportSettings,
  call: ChatCall,
  watch: CallWatch,
): Promise<TransportReply> {
  // Loaded on first use: a start that asks no teacher pays nothing for the package.
  const openai = await import('openai');
  throwIfAborted(watch.signal);
  const started = performance.now();
  const collected = new Collector(started);
  let refused: { retryAfterMs: number | null; shouldRetry: string | null } | null = null;
  const guarded = guardFetch({
    origin: settings.baseURL.origin,
    path: settings.baseURL.pathname,
    key: settings.key,
    headers: settings.headers,
    maxBytes: MAX_RAW_BYTES,
    onResponse: (status, headers) => {
      const retryAfterMs = parseRetryAfter(headers, Date.now());
      refused = { retryAfterMs, shouldRetry: headers.get('x-should-retry') };
      if (status < 300) watch.onAccepted(parseRateInfo(headers));
      if (status === 429) watch.onLimited(parseRateInfo(headers), retryAfterMs);
    },
  });
  // Every value that the package would otherwise take from OPENAI_* variables is given here.
  const client = new openai.OpenAI({
    baseURL: settings.baseURL.href,
    apiKey: settings.key ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: settings.deadlines.totalMs + 60_000,
    logLevel: 'off',
    fetch: guarded.fetch,
  });
  const isStated = (error: unknown): error is APIError =>
    error instanceof openai.APIError && (error.status !== undefined || error.error !== undefined);
  const watchdog = new Watchdog(settings.deadlines, watch.signal);
  const work = async (): Promise<void> => {
    const stream = await client.chat.completions.create(bodyOf(settings, call), {
      signal: watchdog.signal,
    });
    for await (const event of stream) {
      collected.add(event);
      watch.onEvent?.(event);
      watchdog.event(collected.begun);
      if (collected.overlong) return;
    }
  };
  try {
    await watchdog.guard(work());
  } catch (error) {
    throwIfAborted(watch.signal);
    if (guarded.overflowed()) return collected.finish(true);
    const failure = watchdog.failure ?? toFailure(error, isStated, refused);
    throw withPartial(failure, collected);
  } finally {
    watchdog.end();
  }
  // The package ends an aborted stream as if it were whole: only our own flags tell.
  throwIfAborted(watch.signal);
  if (watchdog.failure !== null) throw withPartial(watchdog.failure, collected);
  if (collected.events === 0) throw classifyEmptyStream(guarded.head());
  return collected.finish(collected.overlong);
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled();
}

function bodyOf(settings: TransportSettings, call: ChatCall): ChatCompletionCreateParamsStreaming {
  const { dialect } = settings;
  // Marked as deprecated by one vendor, and honoured by the others; it makes another draw another text.
  const draw = { seed: call.seed };
  return {
    model: settings.model,
    messages: call.messages.map(({ role, content }) => ({ role, content })),
    ...(dialect.temperature ? { temperature: call.temperature } : {}),
    ...(dialect.topP ? { top_p: settings.topP } : {}),
    ...(dialect.seed ? draw : {}),
    [dialect.tokenLimitField]: call.maxTokens,
    stream: true,
    ...(dialect.streamUsage ? { stream_options: { include_usage: true } } : {}),
    ...call.more,
  };
}

function toFailure(
  error: unknown,
  isStated: (error: unknown) => error is APIError,
  refused: { retryAfterMs: number | null; shouldRetry: string | null } | null,
): TeacherFailure {
  if (isStated(error)) {
    const status = typeof error.status === 'number' ? error.status : null;
    const said: unknown = error.error ?? error.message;
    return classifyStated(status, said, refused ?? { retryAfterMs: null, shouldRetry: null });
  }
  return classifyThrown(error);
}

function withPartial(failure: TeacherFailure, collected: Collector): TeacherFailure {
  if (collected.events === 0) return failure;
  const { class: kind, code, said, status, retryAfterMs } = failure;
  const { message, hint } = said;
  return new TeacherFailure({
    class: kind,
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    status,
    retryAfterMs,
    possiblyBilled: true,
    partial: collected.finish(collected.overlong),
  });
}
