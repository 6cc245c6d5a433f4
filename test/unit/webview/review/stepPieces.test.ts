import { describe, expect, it } from 'vitest';
import { atLastWord, stepParts } from '../../../../webview/review/stepPieces.ts';

const textOf = (parts: ReturnType<typeof stepParts>): string =>
  parts.map(({ pieces, tail }) => pieces.map(({ text }) => text).join('') + tail).join('');

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

  it('leaves the punctuation behind an equation with it, and nothing else', () => {
    const text = 'We add (13 + 3 = 16), so 16.';
    const parts = stepParts({
      text,
      equations: [{ start: 8, end: 19, holds: true }],
      strangers: [],
    });
    expect(parts.map(({ tail }) => tail)).toEqual(['', '),', '']);
    expect(parts.at(-1)?.pieces).toEqual([{ text: ' so 16.', stranger: false }]);
    expect(textOf(parts)).toBe(text);
  });

  it('cuts a long equation before its last word only', () => {
    const piece = (text: string, stranger = false) => ({ text, stranger });
    expect(atLastWord([piece('12 * '), piece('7', true), piece(' = 84')])).toEqual([
      [piece('12 * '), piece('7', true), piece(' = ')],
      [piece('84')],
    ]);
    expect(atLastWord([piece('12 = '), piece('7', true)])).toEqual([
      [piece('12 = ')],
      [piece('7', true)],
    ]);
    expect(atLastWord([])).toEqual([[], []]);
  });

  it('takes a calculator mark out of the way where the text goes on with its result', () => {
    const marked = (text: string, holds = true) => {
      const start = text.indexOf('<<') + 2;
      const equations = [{ start, end: text.indexOf('>>'), holds }];
      return stepParts({ text, equations, strangers: [] });
    };
    const parts = marked('She eats 16 - 3 = <<16-3=13>>13 eggs');
    expect(parts.map(({ mark }) => mark)).toEqual([null, '16-3=13', null]);
    expect(parts.map(({ pieces }) => pieces.map(({ text }) => text).join(''))).toEqual([
      'She eats 16 - 3 = ',
      '13',
      ' eggs',
    ]);
    expect(textOf(marked('So 2*500=$<<2*500=1000>>1,000.'))).toBe('So 2*500=$1,000.');
    expect(marked('<<27/3=9.0>>9 left').map(({ mark }) => mark)).toEqual(['27/3=9.0', null]);
    for (const [text, holds] of [
      ['16 - 3 = <<16-3=13>>14 eggs', true],
      ['16 - 3 = <<16-3=12>>12 eggs', false],
      ['16 - 3 = <<16-3=13>> eggs', true],
    ] as const) {
      const kept = marked(text, holds);
      expect(kept.some(({ mark }) => mark !== null)).toBe(false);
      expect(textOf(kept)).toBe(text);
    }
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
