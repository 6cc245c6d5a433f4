import { describe, expect, it } from 'vitest';
import { Concurrency, Gate } from '../../../../src/node/served/concurrency.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';

describe('how many requests are in flight', () => {
  const grown = (): Concurrency => {
    const control = new Concurrency(32);
    for (let at = 0; at < 31; at += 1) control.ended(at, 'well', 10);
    return control;
  };

  it('begins with one, grows with every answer until the first refusal, never beyond the most', () => {
    const control = new Concurrency(8);
    expect(control.limit).toBe(1);
    for (let at = 0; at < 4; at += 1) control.ended(at, 'well', 10);
    expect(control.limit).toBe(5);
    for (let at = 0; at < 100; at += 1) control.ended(at, 'well', 10);
    expect(control.limit).toBe(8);
  });

  it('is halved by a burst of refusals once, and then grows by one for each round of answers', () => {
    const control = grown();
    expect(control.limit).toBe(32);
    for (let at = 0; at < 20; at += 1) control.ended(2000 + at, 'refused', null);
    expect(control.limit).toBe(16);
    for (let at = 0; at < 17; at += 1) control.ended(2100 + at, 'well', 10);
    expect(control.limit).toBe(17);
    control.ended(4000, 'failed', null);
    expect(control.limit).toBe(8);
  });

  it('falls a little where the first word comes much later than it once did, and never to none', () => {
    const control = grown();
    control.ended(2000, 'well', 39);
    expect(control.limit).toBe(32);
    control.ended(3000, 'well', 2000);
    expect(control.limit).toBe(25);
    for (let at = 0; at < 50; at += 1) control.ended(10_000 + at * 2000, 'refused', null);
    expect(control.limit).toBe(1);
  });

  it('lets nobody in beyond the limit, and those who wait out when the work is stopped', async () => {
    const gate = new Gate(4, systemClock);
    const stop = new AbortController();
    const leave = await gate.enter(stop.signal);
    const waiting = [gate.enter(stop.signal), gate.enter(stop.signal), gate.enter(stop.signal)];
    const settled = Promise.allSettled(waiting);
    leave('well', 5);
    const second = await waiting[0];
    await waiting[1];
    expect(gate.peak).toBe(2);
    stop.abort();
    expect((await settled).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
    second?.('well', 5);
  });
});
