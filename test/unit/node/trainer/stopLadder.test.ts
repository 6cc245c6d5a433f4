import { describe, expect, test } from 'vitest';
import { StopLadder, STOP_TIMINGS } from '../../../../src/node/trainer/stopLadder.ts';
import { fakeClock } from '../../../fakes/fakeClock.ts';

/** Climbs with a trainer that reacts as told and notes what happened, at which second. */
async function climb(trainer: {
  readonly endsAt?: number;
  readonly saving?: (second: number) => boolean;
  readonly alreadyAsked?: boolean;
  readonly hurryAt?: readonly number[];
}): Promise<string[]> {
  const clock = fakeClock();
  const start = clock.now();
  const second = (): number => (clock.now() - start) / 1000;
  const ended = new AbortController();
  const happened: string[] = [];
  const note = (what: string): void => void happened.push(`${Math.round(second())} ${what}`);
  const hurries = [...(trainer.hurryAt ?? [])];
  const ladder: StopLadder = new StopLadder({
    timings: STOP_TIMINGS,
    clock: {
      now: () => clock.now(),
      sleep: async (ms, signal) => {
        await clock.sleep(ms, signal);
        if (trainer.endsAt !== undefined && second() >= trainer.endsAt) ended.abort();
        if (hurries[0] !== undefined && second() >= hurries[0]) {
          hurries.shift();
          ladder.hurry();
        }
      },
    },
    isSaving: () => trainer.saving?.(second()) ?? false,
    requestCancel: () => {
      note('request');
      return Promise.resolve(trainer.alreadyAsked !== true);
    },
    signalGroup: (signal) => {
      note(signal);
      return Promise.resolve(true);
    },
  });
  await ladder.climb(ended.signal);
  return happened;
}

describe('the ladder that stops a run', () => {
  test('a trainer that stops in time is only asked', async () => {
    expect(await climb({ endsAt: 3 })).toEqual(['0 request']);
  });

  test('20 s without a sign → SIGTERM → 30 s → SIGKILL', async () => {
    expect(await climb({})).toEqual(['0 request', '20 SIGTERM', '50 SIGKILL']);
  });

  test('SIGTERM may be enough', async () => {
    expect(await climb({ endsAt: 25 })).toEqual(['0 request', '20 SIGTERM']);
  });

  test('while it saves it is given longer', async () => {
    expect(await climb({ saving: (second) => second < 90, endsAt: 91 })).toEqual([
      '0 request',
      '90 SIGTERM',
    ]);
    expect(await climb({ saving: () => true, endsAt: 95 })).toEqual(['0 request']);
  });

  test('but not for ever', async () => {
    const [, term, kill] = await climb({ saving: () => true });
    expect(term).toBe('600 SIGTERM');
    expect(kill).toBe('1200 SIGKILL');
  });

  test('a second request skips the wait for the first, a third one the second', async () => {
    expect(await climb({ hurryAt: [4] })).toEqual(['0 request', '4 SIGTERM', '34 SIGKILL']);
    expect(await climb({ hurryAt: [4, 6] })).toEqual(['0 request', '4 SIGTERM', '6 SIGKILL']);
  });

  test('a run that was already asked is not given the first wait again', async () => {
    expect(await climb({ alreadyAsked: true, endsAt: 5 })).toEqual(['0 request', '0 SIGTERM']);
  });
});
