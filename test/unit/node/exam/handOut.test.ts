import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HandOut } from '../../../../src/node/exam/handOut.ts';

const items = (questions: number, samples: number) =>
  Array.from({ length: questions * samples }, (_, i) => ({
    questionId: `q${i % questions}`,
    sample: Math.floor(i / questions),
    prompt: 'p',
  }));

describe('HandOut', () => {
  it('gives whole questions, and the last share is split evenly', () => {
    const handOut = new HandOut<string>(items(10, 3));
    const first = handOut.take('a', 8, 2);
    expect(first.map(({ questionId }) => questionId)).toEqual([
      'q0',
      'q0',
      'q0',
      'q1',
      'q1',
      'q1',
      'q2',
      'q2',
      'q2',
    ]);
    expect(handOut.take('b', 64, 2)).toHaveLength(12);
  });

  it('accepts a result once, and only from whoever holds the item', () => {
    const handOut = new HandOut<string>(items(2, 1));
    handOut.take('a', 2, 1);
    expect(handOut.settle('b', 'q0', 0)).toBe(false);
    expect(handOut.settle('a', 'q0', 0)).toBe(true);
    expect(handOut.settle('a', 'q0', 0)).toBe(false);
    expect(handOut.settle('a', 'q9', 0)).toBe(false);
    expect(handOut.done).toBe(1);
  });

  it('finishes every item once, whoever is lost on the way', () => {
    const act = fc.record({ holder: fc.nat(2), settle: fc.nat(6), lost: fc.boolean() });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        const handOut = new HandOut<number>(items(7, 2));
        const held = new Map<number, string[]>();
        const finished: string[] = [];
        const settle = (holder: number, count: number): void => {
          for (const key of (held.get(holder) ?? []).splice(0, count)) {
            const [question = '', sample] = key.split('#');
            expect(handOut.settle(holder, question, Number(sample))).toBe(true);
            finished.push(key);
          }
        };
        const take = (holder: number): void => {
          const taken = handOut.take(holder, 3, 3).map((i) => `${i.questionId}#${i.sample}`);
          held.set(holder, [...(held.get(holder) ?? []), ...taken]);
        };
        for (const { holder, settle: count, lost } of acts) {
          take(holder);
          settle(holder, count);
          if (!lost) continue;
          expect(handOut.reclaim(holder)).toHaveLength(held.get(holder)?.length ?? 0);
          held.delete(holder);
        }
        while (!handOut.empty) take(0);
        for (const holder of [0, 1, 2]) settle(holder, Infinity);
        expect(new Set(finished).size).toBe(14);
        expect(handOut.done).toBe(14);
      }),
    );
  });
});
