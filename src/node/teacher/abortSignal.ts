import type { Signal } from '../../core/ports.ts';

/** The platform's signal that follows a core one; `unlink` when it is no longer needed. */
export function abortSignalOf(signal: Signal): {
  readonly signal: AbortSignal;
  readonly unlink: () => void;
} {
  if (signal instanceof AbortSignal) return { signal, unlink: () => undefined };
  const control = new AbortController();
  const follow = (): void => control.abort();
  if (signal.aborted) follow();
  signal.addEventListener('abort', follow);
  return { signal: control.signal, unlink: () => signal.removeEventListener('abort', follow) };
}
