import { cancelled } from '../../src/core/errors.ts';
import type { Clock } from '../../src/core/ports.ts';

/** A clock that a test sets; sleeping moves it on and gives way to other work. */
export interface FakeClock extends Clock {
  set(ms: number): void;
}

export function fakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start;
  return {
    now: () => now,
    set: (ms) => {
      now = ms;
    },
    sleep: async (ms, signal) => {
      if (signal?.aborted === true) throw cancelled();
      now += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
