import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findOverlaps } from '../../../../src/core/dataset/contamination.ts';
import { questionId, type Question } from '../../../../src/core/dataset/question.ts';
import { carve, placeOf } from '../../../../src/core/dataset/splits.ts';

const ask = (question: string, id = questionId(question)): Question => ({
  id,
  question,
  answer: '1',
});
const many = (n: number): Question[] => Array.from({ length: n }, (_, i) => ask(`Story ${i}?`));
const ids = (questions: readonly Question[]): string[] => questions.map(({ id }) => id);

describe('carving dev', () => {
  test('takes about the share, and exactly the count', () => {
    const all = many(2000);
    const { train, dev, share } = carve(all, { dev: { share: 0.1 }, seed: 1 });
    expect(train.length + dev.length).toBe(2000);
    expect(Math.abs(dev.length - 200)).toBeLessThan(45);
    expect(share).toBe(0.1);
    for (const count of [0, 1, 300, 2000]) {
      const carved = carve(all, { dev: { count }, seed: 1 });
      expect(carved.dev).toHaveLength(count);
      expect(ids(carve(all, { dev: { share: carved.share }, seed: 1 }).dev)).toEqual(
        ids(carved.dev),
      );
    }
  });

  test('a question stays on its side in any order and company', () => {
    const texts = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 40 });
    fc.assert(
      fc.property(texts, texts, fc.integer({ min: 0, max: 3 }), (own, others, seed) => {
        const options = { dev: { share: 0.4 }, seed };
        const alone = new Set(
          ids(
            carve(
              own.map((text) => ask(text)),
              options,
            ).dev,
          ),
        );
        const mixed = [...others, ...own].reverse().map((text) => ask(text));
        const together = new Set(ids(carve(mixed, options).dev));
        for (const text of own) {
          expect(together.has(questionId(text))).toBe(alone.has(questionId(text)));
        }
      }),
    );
  });

  test('goes by the question, not by id, case or white space', () => {
    expect(placeOf(' A  story? ', 1)).toBe(placeOf('a story?', 1));
    expect(placeOf('a', 1)).not.toBe(placeOf('a', 2));
    const { train, dev } = carve([ask('Same', 'x'), ask('same ', 'y')], {
      dev: { share: 0.5 },
      seed: 1,
    });
    expect([train.length, dev.length].sort()).toEqual([0, 2]);
  });

  test.each([{ count: 6 }, { count: -1 }, { count: 1.5 }, { share: 1.1 }, { share: NaN }])(
    '%j is refused',
    (dev) => {
      expect(() => carve(many(5), { dev, seed: 1 })).toThrow(RangeError);
    },
  );
});

describe('overlap of two sets', () => {
  test('shows equal texts and texts that differ in their numbers, and drops none', () => {
    const first = [
      ask('Ann has 3 apples and buys 1,200 more.', 'a'),
      ask('Bob walks.', 'b'),
      ask('Only here', 'c'),
    ];
    const second = [
      ask('ann has 5 apples  and buys ½ more.', 'x'),
      ask('Ann has 12 apples and buys 7.5 more.', 'y'),
      ask('BOB walks.', 'z'),
    ];
    expect(findOverlaps(first, second)).toEqual([
      { same: 'text', first: ['b'], second: ['z'] },
      { same: 'numbers', first: ['a'], second: ['y'] },
    ]);
    expect(findOverlaps(first, [])).toEqual([]);
  });
});
