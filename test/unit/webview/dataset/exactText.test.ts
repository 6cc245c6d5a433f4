import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactText, shownText } from '../../../../webview/dataset/exactText.ts';

const pieces = fc.array(fc.constantFrom('a', 'b', '\n', '\r', '\r\n', '\ud800', '😀'), {
  maxLength: 12,
});

describe('exactText', () => {
  it('keeps every line end that is not edited', () => {
    expect(exactText('a\r\nb\rc\nd', 'a\nbX\nc\nd')).toBe('a\r\nbX\rc\nd');
    expect(exactText('a\r\nb\r\nc', 'a\nb\nnew\nc')).toBe('a\r\nb\r\nnew\r\nc');
    expect(exactText('a\rb', 'a\nb\n')).toBe('a\rb\r');
    expect(exactText('a\nb', 'a\nb\nc')).toBe('a\nb\nc');
  });

  it('is the text itself where nothing was changed', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const exact = parts.join('');
        expect(exactText(exact, shownText(exact))).toBe(exact);
      }),
    );
  });

  it('always shows what was typed, and never touches what stands before and behind', () => {
    fc.assert(
      fc.property(pieces, pieces, pieces, (before, typed, after) => {
        const [left, right] = [before.join(''), after.join('')];
        // Halves of a pair of CR and LF that meet are one line end.
        fc.pre(!left.endsWith('\r') && !right.startsWith('\n'));
        const shown = shownText(left) + shownText(typed.join('')) + shownText(right);
        const exact = exactText(`${left}|${right}`, shown);
        expect(shownText(exact)).toBe(shown);
      }),
    );
  });
});
