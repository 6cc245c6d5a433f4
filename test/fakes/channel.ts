import * as z from 'zod/mini';
import { defineContract, type Port } from '../../src/shared/contract.ts';

/** A small contract with one of everything, for the channel's own tests. */
export const sampleContract = defineContract({
  requests: {
    add: { params: z.object({ a: z.number(), b: z.number() }), result: z.number() },
    fail: { params: z.object({ how: z.string() }), result: z.null() },
    wait: { params: z.object({}), result: z.string() },
  },
  events: { tick: z.object({ n: z.number() }) },
});
export type SampleContract = typeof sampleContract;

export interface TestPort extends Port {
  /** What was posted here, in order. */
  readonly posted: unknown[];
  readonly listening: () => number;
}

/** Two ends joined in memory: what one posts the other hears a tick later, as a structured clone. */
export function portPair(): { left: TestPort; right: TestPort } {
  const hearers = { left: new Set<(m: unknown) => void>(), right: new Set<(m: unknown) => void>() };
  const end = (own: 'left' | 'right', other: 'left' | 'right'): TestPort => {
    const posted: unknown[] = [];
    return {
      posted,
      listening: () => hearers[own].size,
      post: (message) => {
        const copy: unknown = structuredClone(message);
        posted.push(copy);
        queueMicrotask(() => {
          for (const hear of [...hearers[other]]) hear(copy);
        });
      },
      listen: (listener) => {
        hearers[own].add(listener);
        return () => void hearers[own].delete(listener);
      },
    };
  };
  return { left: end('left', 'right'), right: end('right', 'left') };
}
