import { describe, expect, it } from 'vitest';
import { stepParts } from '../../../../webview/review/stepPieces.ts';

const textOf = (parts: ReturnType<typeof stepParts>): string =>
  parts.flatMap(({ pieces }) => pieces.map(({ text }) => text)).join('');

describe('stepParts', () => {
  it('cuts at equations and at strangers in and outside of them', () => {
    const text = 'So 5 * 9 = 45 of 77 pens.';
    const parts = stepParts({
      text,
      equations: [{ start: 3, end: 13, holds: true }],
      strangers: [
        { start: 7, end: 8 },
        { start: 17, end: 19 },
      ],
    });
    expect(parts.map(({ equation }) => equation)).toEqual([null, true, null]);
    expect(parts.flatMap(({ pieces }) => pieces.filter((piece) => piece.stranger))).toEqual([
      { text: '9', stranger: true },
      { text: '77', stranger: true },
    ]);
    expect(textOf(parts)).toBe(text);
  });

  it('gives back the text whatever spans it is told', () => {
    const text = '1 + 1 = 3';
    for (const spans of [
      [{ start: 0, end: 99 }],
      [{ start: 4, end: 2 }],
      [
        { start: 0, end: 5 },
        { start: 3, end: 9 },
      ],
      [{ start: 20, end: 30 }],
    ]) {
      const equations = spans.map((span) => ({ ...span, holds: false }));
      expect(textOf(stepParts({ text, equations, strangers: [] }))).toBe(text);
      expect(textOf(stepParts({ text, equations: [], strangers: spans }))).toBe(text);
    }
  });
});
