import { describe, expect, it } from 'vitest';
import { visiblePieces, visibleText } from '../../../../webview/kit/visible.ts';

const HIDDEN: readonly (readonly [string, string])[] = [
  ['\u202e', 'U+202E'],
  ['\u202c', 'U+202C'],
  ['\u2066', 'U+2066'],
  ['\u2069', 'U+2069'],
  ['\u200e', 'U+200E'],
  ['\u061c', 'U+061C'],
  ['\u200b', 'U+200B'],
  ['\u200c', 'U+200C'],
  ['\u2060', 'U+2060'],
  ['\ufeff', 'U+FEFF'],
  ['\u00ad', 'U+00AD'],
  ['\u0000', 'U+0000'],
  ['\u0007', 'U+0007'],
  ['\u001b', 'U+001B'],
  ['\u007f', 'U+007F'],
  ['\u0085', 'U+0085'],
  ['\u2028', 'U+2028'],
  ['\u3164', 'U+3164'],
  ['\u{e0041}', 'U+E0041'],
  ['\ud800', 'U+D800'],
];

describe('threat 10: bidi, zero-width, ANSI spoofing', () => {
  it.each(HIDDEN)('writes out %j as %s', (character, name) => {
    expect(visiblePieces(`a${character}b`)).toEqual([
      { text: 'a', hidden: false },
      { text: name, hidden: true },
      { text: 'b', hidden: false },
    ]);
    expect(visibleText(`a${character}b`)).toBe(`a⟨${name}⟩b`);
  });
});

describe('visiblePieces', () => {
  it('leaves text alone that is what it seems', () => {
    for (const text of [
      '',
      'a\tb\nc',
      'a\r\nb',
      'Größe 5 × 4 = 20',
      '数字は二十',
      'שלום',
      '👩‍🔬 and 👍🏽',
    ]) {
      expect(visiblePieces(text)).toEqual([{ text, hidden: false }]);
    }
  });

  it('shows a carriage return that ends no line, and a joiner that joins nothing', () => {
    expect(visibleText('a\rb')).toBe('a⟨U+000D⟩b');
    expect(visibleText('12\u200d3')).toBe('12⟨U+200D⟩3');
  });

  it('loses nothing of the text', () => {
    const text = '\u202eab\u200bcd\u0000';
    const rest = visiblePieces(text).filter(({ hidden }) => !hidden);
    expect(rest.map((piece) => piece.text).join('')).toBe('abcd');
  });
});
