import * as z from 'zod/mini';
import { Abort } from './abort.ts';
import {
  envelopeSchema,
  type AbortSignalLike,
  type Contract,
  type Envelope,
  type Handlers,
  type Port,
  type Server,
  type WireError,
} from './contract.ts';

export interface ServeOptions {
  /** Told what a handler did not foresee; the asker hears only that something went wrong. */
  readonly onError?: (error: unknown, method: string) => void;
  /** Says what crosses of a failure in the person's language. */
  readonly say?: (wire: WireError, error: unknown) => WireError;
}

const UNEXPECTED: WireError = {
  code: 'unexpected',
  message: 'Something went wrong that was not foreseen.',
  hint: 'The log says more.',
};
const DISPOSED: WireError = { code: 'DISPOSED', message: 'The other side has ended.' };

/** Codes of the operating system and of Node (ENOENT, ERR_…) name machine paths: they do not cross. */
const SYSTEM_CODE = /^E[A-Z0-9_]+$/u;

/** What crosses the channel of a failure; null when nobody foresaw it. */
export function toWireError(error: unknown): WireError | null {
  if (typeof error !== 'object' || error === null) return null;
  if (!('code' in error) || !('message' in error)) return null;
  const { code, message } = error;
  if (typeof code !== 'string' || typeof message !== 'string') return null;
  if (SYSTEM_CODE.test(code) || code === UNEXPECTED.code) return null;
  const hint = 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

/** Answers a contract's requests at a port until disposed: every request gets exactly one answer. */
export function serve<C extends Contract>(
  contract: C,
  port: Port,
  handlers: Handlers<C>,
  { onError, say }: ServeOptions = {},
): Server<C> {
  const running = new Map<number, Abort>();
  let disposed = false;

  const post = (envelope: Envelope): void => port.post(envelope);
  const fail = (id: number, error: WireError): void => post({ kind: 'error', id, error });

  const answer = async (id: number, method: string, params: unknown, abort: Abort) => {
    const shape = Object.hasOwn(contract.requests, method) ? contract.requests[method] : undefined;
    if (!shape) {
      fail(id, { code: 'UNKNOWN_METHOD', message: `There is no request "${method}".` });
      return;
    }
    const parsed = z.safeParse(shape.params, params);
    if (!parsed.success) {
      const where = parsed.error.issues.map(({ path }) => path.join('.') || 'params').join(', ');
      fail(id, { code: 'BAD_PARAMS', message: `"${method}" was asked wrongly: ${where}.` });
      return;
    }
    try {
      // SAFETY: the handlers' type has a member for every request, and the parameters were just parsed by its schema.
      const handler = handlers[method] as (params: unknown, signal: AbortSignalLike) => unknown;
      const result = await handler.call(handlers, parsed.data, abort.signal);
      if (running.get(id) === abort) post({ kind: 'ok', id, result });
    } catch (error) {
      const wire = toWireError(error);
      if (!wire) onError?.(error, method);
      const told = wire ?? UNEXPECTED;
      if (running.get(id) === abort) fail(id, say ? say(told, error) : told);
    }
  };

  const stop = port.listen((message) => {
    const parsed = envelopeSchema.safeParse(message);
    if (!parsed.success || disposed) return;
    const envelope = parsed.data;
    if (envelope.kind === 'cancel') running.get(envelope.id)?.abort();
    if (envelope.kind !== 'request') return;
    const { id, method, params } = envelope;
    if (running.has(id)) {
      // The page was loaded anew and counts from the start: its former self no longer waits.
      running.get(id)?.abort();
    }
    const abort = new Abort();
    running.set(id, abort);
    void answer(id, method, params, abort).finally(() => {
      if (running.get(id) === abort) running.delete(id);
    });
  });

  return {
    emit: (name, payload) => {
      if (!disposed) post({ kind: 'event', name, payload });
    },
    dispose: () => {
      if (disposed) return;
      disposed = true;
      stop();
      const waiting = [...running];
      running.clear();
      for (const [id, abort] of waiting) {
        abort.abort();
        fail(id, DISPOSED);
      }
    },
  };
}
