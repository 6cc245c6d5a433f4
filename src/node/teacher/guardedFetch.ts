import { sentence } from '../../core/sentence.ts';
import { TeacherFailure } from './failure.ts';

export interface FetchGuard {
  /** Every request must go to this origin and begin with this path. */
  readonly origin: string;
  readonly path: string;
  readonly key: string | null;
  /** Headers of the profile; with the few fixed ones they are all that leaves. */
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  /** Called when the response's head is here. */
  readonly onResponse: (status: number, headers: Headers) => void;
}

const HEAD_CHARACTERS = 65_536;
const MAX_ERROR_BYTES = 262_144;

/** The start of the response's body, for naming what it was when it was no event stream. */
export interface BodyTap {
  head(): string;
  overflowed(): boolean;
}

export interface GuardedFetch extends BodyTap {
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
}

/**
 * The only way to the teacher: fixed origin, redirects refused, and a list of headers that may leave. Whatever the
 * client library or its environment variables add is dropped here.
 */
export function guardFetch(guard: FetchGuard): GuardedFetch {
  let head = '';
  let overflowed = false;
  const decoder = new TextDecoder();

  const tap = (limit: number, failing: boolean): TransformStream<Uint8Array, Uint8Array> => {
    let bytes = 0;
    return new TransformStream({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (head.length < HEAD_CHARACTERS) head += decoder.decode(chunk, { stream: true });
        if (bytes <= limit) controller.enqueue(chunk);
        else if (failing) {
          overflowed = true;
          controller.error(new Error('The reply is too long.'));
        } else controller.terminate();
      },
    });
  };

  return {
    head: () => head,
    overflowed: () => overflowed,
    fetch: async (input, init = {}) => {
      const url = new URL(input instanceof Request ? input.url : input);
      if (url.origin !== guard.origin || !url.pathname.startsWith(guard.path)) {
        throw new TeacherFailure({
          class: 'run',
          code: 'teacher.redirect',
          message: sentence`A request to another address than the profile’s was refused.`,
        });
      }
      const headers = new Headers(guard.headers);
      headers.set('accept', 'text/event-stream');
      headers.set('content-type', 'application/json');
      headers.set('user-agent', 'tailor');
      if (guard.key !== null) headers.set('authorization', `Bearer ${guard.key}`);
      const response = await fetch(url, {
        method: init.method ?? 'POST',
        headers,
        redirect: 'error',
        ...(init.body === undefined ? {} : { body: init.body }),
        ...(init.signal === undefined ? {} : { signal: init.signal }),
      });
      guard.onResponse(response.status, response.headers);
      if (response.body === null) return response;
      const body = response.body.pipeThrough(
        response.ok ? tap(guard.maxBytes, true) : tap(MAX_ERROR_BYTES, false),
      );
      return new Response(body, {
        status: response.status,
        statusText: response.statusText,
        headers: response.headers,
      });
    },
  };
}
