import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../../src/node/teacher/backoff.ts';
import { RateControl } from '../../../../src/node/teacher/rateControl.ts';
import {
  parseDuration,
  parseRateInfo,
  parseRetryAfter,
} from '../../../../src/node/teacher/rateHeaders.ts';

describe('rate headers', () => {
  it.each([
    ['6m0s', 360_000],
    ['120ms', 120],
    ['1.5s', 1500],
    ['1h2m3s', 3_723_000],
    ['2', 2000],
    ['', null],
    ['soon', null],
    ['1x', null],
  ])('reads the duration "%s"', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    [{ 'retry-after': '120' }, 120_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:01:40 GMT' }, 90_000],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:01 GMT' }, 0],
    [{ 'retry-after': 'soon' }, null],
    [{}, null],
  ])('reads the wait of %o', (headers, ms) => {
    expect(parseRetryAfter(new Headers(headers as Record<string, string>), 10_000)).toBe(ms);
  });

  it('reads a limit only when all of it is there and makes sense', () => {
    const headers = (limit: string, remaining: string, reset: string) =>
      new Headers({
        'x-ratelimit-limit-requests': limit,
        'x-ratelimit-remaining-requests': remaining,
        'x-ratelimit-reset-requests': reset,
      });
    expect(parseRateInfo(headers('60', '59', '1s'))).toEqual({
      limit: 60,
      remaining: 59,
      resetMs: 1000,
    });
    expect(parseRateInfo(headers('60', '61', '1s'))).toBeNull();
    expect(parseRateInfo(headers('60', '59', 'soon'))).toBeNull();
    expect(parseRateInfo(new Headers())).toBeNull();
  });
});

describe('back-off', () => {
  it('doubles up to its cap, with full jitter', () => {
    const options = { baseMs: 500, capMs: 30_000 };
    const highest = [1, 2, 3, 9].map((n) => backoffMs(n, options, () => 0.999999));
    expect(highest).toEqual([500, 1000, 2000, 30_000]);
    expect(backoffMs(3, options, () => 0)).toBe(200);
  });
});

/** A token bucket in simulated time; requests leave as the control allows and answers come `latency` later. */
function simulate(announce: boolean, perSecond: number, count: number) {
  const control = new RateControl({ initialRate: 16, maxRate: 1000, cooldownMs: 1000 });
  const burst = 10;
  let level = burst;
  let refilledAt = 0;
  let refused = 0;
  let waiting = count;
  let now = 0;
  const latency = 50;
  const answers: { at: number; work: () => void }[] = [];
  let done = 0;
  while (done < count) {
    const answer = answers[0];
    const leaveAt = waiting > 0 ? now + control.delay(now) : Number.POSITIVE_INFINITY;
    if (answer !== undefined && answer.at <= leaveAt) {
      now = Math.max(now, answer.at);
      answers.shift();
      answer.work();
      continue;
    }
    now = leaveAt;
    const number = control.dispatch(now);
    waiting -= 1;
    level = Math.min(burst, level + ((now - refilledAt) * perSecond) / 1000);
    refilledAt = now;
    const free = level >= 1;
    if (free) level -= 1;
    const info = announce
      ? {
          limit: burst,
          remaining: Math.floor(level),
          resetMs: ((burst - level) / perSecond) * 1000,
        }
      : null;
    answers.push({
      at: now + latency,
      work: () => {
        if (free) {
          control.accepted(now, number, info);
          done += 1;
        } else {
          refused += 1;
          control.limited(now, number, info, null);
          waiting += 1;
        }
      },
    });
  }
  const ideal = ((count - burst) / perSecond) * 1000 + latency;
  return { share: ideal / now, refused };
}

describe('pacing in simulated time, 20 requests a second, 300 calls', () => {
  it('follows an announced limit without being refused', () => {
    const { share, refused } = simulate(true, 20, 300);
    expect(refused).toBeLessThanOrEqual(5);
    expect(share).toBeGreaterThan(0.95);
  });

  it('finds an unannounced limit', () => {
    const { share, refused } = simulate(false, 20, 300);
    expect(refused).toBeLessThanOrEqual(25);
    expect(share).toBeGreaterThan(0.9);
  });

  it.each([1, 5, 60, 300])('works for %d a second as well', (perSecond) => {
    const count = Math.max(60, perSecond * 10);
    const announced = simulate(true, perSecond, count);
    expect(announced.share).toBeGreaterThan(0.85);
    expect(announced.refused).toBeLessThan(count * 0.1);
    expect(simulate(false, perSecond, count).share).toBeGreaterThan(0.6);
  });

  it('is back soon after a limit that was lower for a while, and careful where it may have stayed', () => {
    const control = new RateControl({ initialRate: 20, maxRate: 100, cooldownMs: 1000 });
    for (let cut = 0; cut < 5; cut += 1) {
      const at = 1000 * cut;
      control.limited(at, control.dispatch(at), null, null);
    }
    const low = control.rate;
    expect(low).toBeCloseTo(20 * 0.7 ** 5, 5);
    const secondsUntil = (rate: number): number => {
      let now = 4000;
      while (control.rate < rate && now < 100_000) {
        now += control.delay(now);
        control.accepted(now, control.dispatch(now), null);
      }
      return (now - 4000) / 1000;
    };
    expect(secondsUntil(low * 1.15)).toBeGreaterThan(4.5);
    expect(secondsUntil(18)).toBeLessThan(25);
  });

  it('a long retry-after holds back everything, a short one only its request', () => {
    const control = new RateControl({ initialRate: 10, maxRate: 100, cooldownMs: 1000 });
    const first = control.dispatch(0);
    control.limited(10, first, null, 500);
    expect(control.delay(10)).toBeLessThan(500);
    control.limited(20, first, null, 120_000);
    expect(control.delay(20)).toBe(120_000);
    expect(control.pausedUntil).toBe(120_020);
  });
});
