import { cancelled } from '../../core/errors.ts';
import type { AbortSignalLike } from '../../shared/contract.ts';

/** Longest piece of work before others in the same process get their turn. */
const PIECE_MS = 12;

/** Resolves at once, or after others had their turn. */
export type Pace = () => Promise<void> | undefined;

/** Gives way to other work whenever a piece has taken long enough; call it often inside long loops. */
export function pacer(signal?: AbortSignalLike): Pace {
  let started = performance.now();
  return () => {
    if (signal?.aborted === true) throw cancelled();
    if (performance.now() - started < PIECE_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        started = performance.now();
        resolve();
      });
    });
  };
}

/** Runs piece-wise work to its end and lets others go first between pieces. */
export async function runPaced<T>(work: Generator<void, T>, signal?: AbortSignalLike): Promise<T> {
  const pace = pacer(signal);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await pace();
  }
}

/** Calls the listener at most every so many milliseconds, and not before as many have passed as `firstMs` says. */
export function oftenEnough(listener: () => void, firstMs: number, everyMs: number): () => void {
  let next = performance.now() + firstMs;
  return () => {
    const now = performance.now();
    if (now < next) return;
    next = now + everyMs;
    listener();
  };
}
