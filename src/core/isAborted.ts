import type { Signal } from './ports.ts';

/** Whether a signal has aborted by now: a call, so that the compiler does not remember an earlier answer. */
export function isAborted(signal: Pick<Signal, 'aborted'>): boolean {
  return signal.aborted;
}
