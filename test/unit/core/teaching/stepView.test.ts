import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstDivergence, stepViews } from '../../../../src/core/teaching/stepView.ts';

const question = 'Weng has 5 boxes of 4 pens and gives half a dozen away. How many are left?';
const slices = (text: string, spans: readonly { start: number; end: number }[]): string[] =>
  spans.map(({ start, end }) => text.slice(start, end));

describe('stepViews', () => {
  it('reads words that are also names of every object', () => {
    const [step] = stepViews('2 + 2 = 4.', 'A constructor, toString and valueOf have 2 pens each.');
    expect(step?.strangers).toEqual([]);
  });

  it('marks each equation where it stands in its step, and whether it is true', () => {
    const [first, second] = stepViews('There are 5 × 4 = 18 pens.\nThen 18 - 6 = 12.', question);
    expect(slices(first!.text, first!.equations)).toEqual(['5 × 4 = 18']);
    expect(first?.equations[0]?.holds).toBe(false);
    expect(slices(second!.text, second!.equations)).toEqual(['18 - 6 = 12']);
    expect(second?.equations[0]?.holds).toBe(true);
  });

  it.each([
    ['There are 5 * 4 = 20 pens.\n20 - 6 = 14 are left.\nAnswer: 14', ['6']],
    ['5 * 4 = 20.\nHalf a dozen is 12 / 2 = 6.\n20 - 6 = 14.', []],
    ['7 boxes of 4 are 7 * 4 = 28.', ['7']],
    ['1. 5 boxes of 4.\n2) That is 5x4=20.\nStep 3: 20 of them.', []],
    ['So $1,250.50 in all, and 1,250.50 again.', ['1,250.50']],
    ['5 boxes and 48/4 boxes.', ['48']],
    ['٥ boxes of 4 are 5 * 4 = ٢٠; 20 of 5.', []],
    ['The Q7 and b12 say nothing.', []],
  ])('finds the numbers that come from nowhere: %s', (text, expected) => {
    const found = stepViews(text, question).flatMap((step) => slices(step.text, step.strangers));
    expect(found).toEqual(expected);
  });

  it('keeps every span inside its step, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string(), (text, asked) => {
        for (const step of stepViews(text, asked)) {
          for (const { start, end } of [...step.equations, ...step.strangers]) {
            expect(start).toBeGreaterThanOrEqual(0);
            expect(end).toBeGreaterThan(start);
            expect(end).toBeLessThanOrEqual(step.text.length);
          }
        }
      }),
    );
  });
});

describe('firstDivergence', () => {
  const at = (attempt: string, candidate: string): number | null =>
    firstDivergence(stepViews(attempt, question), stepViews(candidate, question));
  const course = 'There are 5 * 4 = 20 pens.\nHalf a dozen is 12 / 2 = 6.\n20 - 6 = 14 are left.';

  it.each([
    ['There are 5 * 4 = 20 pens.\nHalf of 20 is 20 / 2 = 10.\n20 - 10 = 10.', 2],
    ['There are 5 * 4 = 18 pens.\n18 - 6 = 12.', 1],
    ['There are 4 * 5 = 20 pens.\nA dozen is 12.\n20 - 6 = 14.', null],
    ['Four fives.\n10 + 10 = 20.\n20 - 12 = 8.', 3],
    ['I do not know.', null],
  ])('%s leaves it at step %s', (attempt, expected) => {
    expect(at(attempt, course)).toBe(expected);
  });

  it('says nothing against a candidate without equations', () => {
    expect(at('5 * 4 = 18.', 'There are twenty pens, and fourteen stay.')).toBeNull();
  });
});
