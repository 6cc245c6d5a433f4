import type * as z from 'zod';
import { isAborted } from '../../core/isAborted.ts';
import { cancelled } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { classifyEmptyStream, classifyStated, classifyThrown } from '../teacher/classify.ts';
import { TeacherFailure } from '../teacher/failure.ts';
import { guardFetch } from '../teacher/guardedFetch.ts';
import { parseRetryAfter } from '../teacher/rateHeaders.ts';
import { Watchdog } from '../teacher/watchdog.ts';
import { checkServerURL, type StudentProfile } from './profiles.ts';
import { eventData } from './sse.ts';
import { chunkSchema, usageOf } from './wire.ts';

const MAX_BYTES = 32 * 1024 * 1024;

/** A student's server with its key; never a retry in here. */
export interface ServerAccess {
  readonly profile: StudentProfile;
  readonly key: string | null;
}

type Body = Readonly<Record<string, unknown>>;

/** One request, guarded: fixed origin, no redirects, deadlines. `read` takes the body of an accepted one. */
async function send<T>(
  { profile, key }: ServerAccess,
  path: string,
  body: Body | null,
  outer: AbortSignal,
  read: (response: Response, alive: (begun: boolean) => void) => Promise<T>,
): Promise<T> {
  if (outer.aborted) throw cancelled();
  const base = checkServerURL(profile.baseURL);
  const folder = base.pathname.replace(/\/$/u, '');
  const guarded = guardFetch({
    origin: base.origin,
    path: folder,
    key,
    headers: profile.headers,
    maxBytes: MAX_BYTES,
    onResponse: () => undefined,
  });
  const watchdog = new Watchdog(profile.deadlines, outer);
  try {
    let result: { readonly value: T } | undefined;
    const work = async (): Promise<void> => {
      const response = await guarded.fetch(`${base.origin}${folder}/${path}`, {
        method: body === null ? 'GET' : 'POST',
        signal: watchdog.signal,
        ...(body === null ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw await refused(response);
      result = { value: await read(response, (begun) => watchdog.event(begun)) };
    };
    await watchdog.guard(work());
    if (result !== undefined) return result.value;
    throw classifyEmptyStream(guarded.head());
  } catch (error) {
    if (isAborted(outer)) throw cancelled();
    throw watchdog.failure ?? (error instanceof TeacherFailure ? error : classifyThrown(error));
  } finally {
    watchdog.end();
  }
}

async function refused(response: Response): Promise<TeacherFailure> {
  const text = await response.text();
  return classifyStated(response.status, errorIn(text), {
    retryAfterMs: parseRetryAfter(response.headers, Date.now()),
    shouldRetry: response.headers.get('x-should-retry'),
  });
}

/** The error object of a body: under `error`, or the body itself (vLLM); a text as it is. */
function errorIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'error' in value ? value.error : value;
  } catch {
    return text.trim();
  }
}

/** A JSON document: `GET` without a body, `POST` with one. */
export function askJson<S extends z.ZodType>(
  access: ServerAccess,
  path: string,
  schema: S,
  body: Body | null,
  signal: AbortSignal,
): Promise<z.infer<S>> {
  return send(access, path, body, signal, async (response) => {
    const text = await response.text();
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw classifyEmptyStream(text);
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw malformed();
  });
}

/** A request whose answer is only whether it was accepted. */
export function tell(
  access: ServerAccess,
  path: string,
  body: Body,
  signal: AbortSignal,
): Promise<void> {
  return send(access, path, body, signal, async (response) => {
    await response.body?.cancel();
  });
}

/** A piece of one choice, as it streams. */
export interface Piece {
  readonly choice: number;
  readonly text: string;
  readonly reason: string | null;
}

/**
 * A streamed answer; `onPiece` returns true where nothing more is wanted, which ends the request. Gives the usage, where
 * the stream told it before its end.
 */
export function askStream(
  access: ServerAccess,
  path: string,
  body: Body,
  signal: AbortSignal,
  onPiece: (piece: Piece) => boolean,
): Promise<ReturnType<typeof usageOf>> {
  return send(access, path, { ...body, stream: true }, signal, async (response, alive) => {
    if (response.body === null) throw classifyEmptyStream('');
    let events = 0;
    let usage: ReturnType<typeof usageOf> = null;
    for await (const data of eventData(response.body)) {
      events += 1;
      const parsed = chunkSchema.safeParse(JSON.parse(data));
      if (!parsed.success || parsed.data.error !== undefined) throw inStream(data);
      usage = usageOf(parsed.data.usage) ?? usage;
      for (const { index, text, delta, finish_reason: reason } of parsed.data.choices) {
        const piece = text ?? delta?.content ?? '';
        alive(piece !== '');
        if (onPiece({ choice: index, text: piece, reason: reason ?? null })) return usage;
      }
    }
    if (events === 0) throw malformed();
    return usage;
  });
}

/** An error that a server states inside a stream whose status was 200. */
function inStream(data: string): TeacherFailure {
  const error = errorIn(data);
  return classifyStated(null, error, { retryAfterMs: null, shouldRetry: null });
}

function malformed(): TeacherFailure {
  return new TeacherFailure({
    class: 'retry',
    code: 'teacher.malformed',
    message: sentence`The server’s answer has another form than the OpenAI one.`,
    possiblyBilled: true,
  });
}
