import { describe, expect, it } from 'vitest';
import {
  EARLIER,
  ReplyLength,
  WINDOW,
  type LengthDrift,
} from '../../../../src/node/teacher/replyLength.ts';

const kind = { purpose: 'annotate', templateHash: 'h' };
const usage = (completionTokens: number, estimated = false) => ({
  promptTokens: 1,
  completionTokens,
  cachedTokens: 0,
  estimated,
});

function hear(lengths: ReplyLength, values: readonly number[], of = kind): (LengthDrift | null)[] {
  return values.map((value) => lengths.hear(of, usage(value)));
}
const times = (n: number, value: number): number[] => Array<number>(n).fill(value);
/** Lengths as they differ from question to question. */
const spread = (n: number, mean: number): number[] =>
  Array.from({ length: n }, (_, at) => mean + ((at * 37) % 61) - 30);

describe('the length of replies', () => {
  it('says nothing about replies that differ as questions do', () => {
    const lengths = new ReplyLength();
    expect(hear(lengths, spread(500, 120)).filter(Boolean)).toEqual([]);
  });

  it('says once that replies have become longer, and again after they were as before', () => {
    const lengths = new ReplyLength();
    hear(lengths, times(WINDOW, 100));
    const longer = hear(lengths, [...times(WINDOW, 100), ...times(WINDOW, 160)]).filter(Boolean);
    expect(longer).toEqual([{ before: 100, now: 160 }]);
    expect(hear(lengths, times(WINDOW * 2, 100)).filter(Boolean)).toEqual([]);
    expect(hear(lengths, times(WINDOW, 40)).filter(Boolean)).toEqual([{ before: 100, now: 40 }]);
  });

  it('does not mind a few long ones', () => {
    const lengths = new ReplyLength();
    hear(lengths, times(WINDOW, 100));
    const few = Array.from({ length: 100 }, (_, at) => (at % 4 === 0 ? 5000 : 100));
    expect(hear(lengths, few).filter(Boolean)).toEqual([]);
  });

  it('compares with the latest on the disk, whatever was long before them', () => {
    const lengths = new ReplyLength();
    for (const value of [...times(EARLIER * 5, 100), ...times(EARLIER, 300)]) {
      lengths.remember(kind, usage(value));
    }
    expect(hear(lengths, times(WINDOW, 300)).filter(Boolean)).toEqual([]);
    expect(hear(lengths, times(WINDOW, 100)).filter(Boolean)).toEqual([{ before: 300, now: 100 }]);
  });

  it('hears thousands of replies after any number of earlier ones without looking at all of them again', () => {
    const lengths = new ReplyLength();
    for (const value of spread(100_000, 120)) lengths.remember(kind, usage(value));
    expect(hear(lengths, spread(1500, 120)).filter(Boolean)).toEqual([]);
  }, 4000);

  it('compares with what is on the disk, and never one kind of request with another', () => {
    const lengths = new ReplyLength();
    for (const value of times(WINDOW, 300)) lengths.remember(kind, usage(value));
    expect(hear(lengths, times(WINDOW, 100)).filter(Boolean)).toEqual([{ before: 300, now: 100 }]);
    const other = { ...kind, purpose: 'feedback' };
    expect(hear(lengths, times(WINDOW * 3, 100), other).filter(Boolean)).toEqual([]);
    const guessed = times(WINDOW * 3, 900).map((value) => lengths.hear(kind, usage(value, true)));
    expect(guessed.filter(Boolean)).toEqual([]);
  });
});
