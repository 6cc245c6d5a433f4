import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleJson, visibleText } from '../../../src/core/visibleText.ts';

const HOSTILE = {
  'an ANSI colour': ['\u001b[31mred', '\\u{1b}[31mred'],
  'a cursor movement': ['right\u001b[2K\rwrong', 'right\\u{1b}[2K\\u{d}wrong'],
  'a window title': ['\u001b]0;owned\u0007', '\\u{1b}]0;owned\\u{7}'],
  'an eight-bit control': ['\u009b31m', '\\u{9b}31m'],
  'a right-to-left override': ['5\u202e31', '5\\u{202e}31'],
  'an isolate': ['\u2066x\u2069', '\\u{2066}x\\u{2069}'],
  'a zero-width space and joiner': ['1\u200b2\u200d3', '1\\u{200b}2\\u{200d}3'],
  'a byte order mark': ['\ufeffx', '\\u{feff}x'],
  'a tag character': ['a\u{e0041}', 'a\\u{e0041}'],
  'a variation selector': ['a\ufe0f\u{e0100}', 'a\\u{fe0f}\\u{e0100}'],
  'a Hangul filler': ['a\u3164', 'a\\u{3164}'],
  'NUL and delete': ['\u0000\u007f', '\\u{0}\\u{7f}'],
  'half a pair': ['\ud800x', '\\u{d800}x'],
  'a line separator': ['a\u2028b', 'a\\u{2028}b'],
} as const;

describe('text on a terminal', () => {
  for (const [name, [text, shown]] of Object.entries(HOSTILE)) {
    it(`threat 10: shows ${name} as an escape`, () => {
      expect(visibleText(text)).toBe(shown);
    });
  }

  it('leaves ordinary text of any script alone', () => {
    const text = 'Ünïcödé – 5 € … 日本語 🙂\nעברית';
    expect(visibleText(text)).toBe(text);
    expect(visibleText('a\tb')).toBe('a b');
  });

  it('threat 10: never lets a hidden character through, and JSON keeps its value', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c)) }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(visibleText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029](?<!\n)/u);
        const json = visibleJson({ text });
        expect(json).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        expect(JSON.parse(json)).toEqual({ text });
      }),
      { numRuns: 100 },
    );
  });

  it('prints undefined as null', () => {
    expect(visibleJson(undefined)).toBe('null');
  });
});
