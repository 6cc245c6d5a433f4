import * as z from 'zod/mini';
import {
  ChannelError,
  envelopeSchema,
  type AbortSignalLike,
  type Client,
  type Contract,
  type Port,
} from './contract.ts';

export interface ConnectOptions {
  /**
   * Number of the first request. A page that is loaded anew at the same port starts above its former self (the time of
   * loading does), so that a late answer to an old question is never taken for one to a new question.
   */
  readonly firstId?: number;
  /** Told of events that do not fit the contract and of listeners that throw. */
  readonly onError?: (error: unknown, name: string) => void;
}

interface Waiting {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: ChannelError) => void;
}

const disposedError = (): ChannelError =>
  new ChannelError({ code: 'DISPOSED', message: 'This side of the channel has ended.' });
const cancelledError = (): ChannelError =>
  new ChannelError({ code: 'CANCELLED', message: 'Stopped on request.' });

/** The asking side of a contract: results and events are checked before anybody sees them. */
export function connect<C extends Contract>(
  contract: C,
  port: Port,
  { firstId = 1, onError }: ConnectOptions = {},
): Client<C> {
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, Set<(payload: never) => void>>();
  let nextId = firstId;
  let disposed = false;

  const settle = (id: number): Waiting | undefined => {
    const found = waiting.get(id);
    waiting.delete(id);
    return found;
  };

  const onResult = (id: number, result: unknown): void => {
    const asked = settle(id);
    const shape = asked && contract.requests[asked.method];
    if (!shape) return;
    const parsed = z.safeParse(shape.result, result);
    if (parsed.success) {
      asked.resolve(parsed.data);
      return;
    }
    const where = parsed.error.issues.map(({ path }) => path.join('.') || 'result').join(', ');
    asked.reject(
      new ChannelError({
        code: 'BAD_RESULT',
        message: `The answer to "${asked.method}" cannot be read: ${where}.`,
      }),
    );
  };

  const onEvent = (name: string, payload: unknown): void => {
    const schema = Object.hasOwn(contract.events, name) ? contract.events[name] : undefined;
    if (!schema) return;
    const parsed = z.safeParse(schema, payload);
    if (!parsed.success) {
      onError?.(parsed.error, name);
      return;
    }
    for (const listener of listeners.get(name) ?? []) {
      try {
        // SAFETY: `on` files a listener under the name whose payload it takes, and the payload was just parsed.
        (listener as (payload: unknown) => void)(parsed.data);
      } catch (error) {
        onError?.(error, name);
      }
    }
  };

  const stop = port.listen((message) => {
    const parsed = envelopeSchema.safeParse(message);
    if (!parsed.success) return;
    const envelope = parsed.data;
    if (envelope.kind === 'ok') onResult(envelope.id, envelope.result);
    else if (envelope.kind === 'error')
      settle(envelope.id)?.reject(new ChannelError(envelope.error));
    else if (envelope.kind === 'event') onEvent(envelope.name, envelope.payload);
  });

  const ask = (method: string, params: unknown, signal?: AbortSignalLike): Promise<unknown> => {
    if (disposed) return Promise.reject(disposedError());
    if (signal?.aborted) return Promise.reject(cancelledError());
    const id = nextId++;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        if (!settle(id)) return;
        port.post({ kind: 'cancel', id });
        reject(cancelledError());
      };
      const done = (): void => signal?.removeEventListener('abort', onAbort);
      waiting.set(id, {
        method,
        resolve: (result) => {
          done();
          resolve(result);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      signal?.addEventListener('abort', onAbort);
      try {
        port.post({ kind: 'request', id, method, params });
      } catch (error) {
        settle(id)?.reject(
          new ChannelError({ code: 'NOT_SENT', message: `"${method}" could not be sent.` }),
        );
        onError?.(error, method);
      }
    });
  };

  return {
    request: (method, params, signal) =>
      // SAFETY: `onResult` resolves with nothing but what the result schema of this method made.
      ask(method, params, signal) as Promise<never>,
    on: (name, listener) => {
      const heard = listeners.get(name) ?? new Set();
      listeners.set(name, heard);
      heard.add(listener);
      return () => void heard.delete(listener);
    },
    dispose: () => {
      if (disposed) return;
      disposed = true;
      stop();
      const left = [...waiting];
      waiting.clear();
      for (const [id, { reject }] of left) {
        port.post({ kind: 'cancel', id });
        reject(disposedError());
      }
    },
  };
}
