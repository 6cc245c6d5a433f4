import { describe, expect, it } from 'vitest';
import { DIFF_TOKENS, tokensOf, wordDiff } from '../../../../webview/review/words.ts';

describe('wordDiff', () => {
  it('keeps what both have and marks the rest', () => {
    expect(wordDiff('5 * 4 = 18 pens', '5 * 4 = 20 pens')?.parts).toEqual([
      { kind: 'same', text: '5 * 4 = ' },
      { kind: 'removed', text: '18' },
      { kind: 'added', text: '20' },
      { kind: 'same', text: ' pens' },
    ]);
  });

  it('gives back both texts', () => {
    const [before, after] = [
      'Ana has 3.\nShe buys 4, so 3 + 4 = 7.',
      'Ana has 3 pens.\n3 + 4 = 8!',
    ];
    const parts = wordDiff(before, after)?.parts ?? [];
    const without = (kind: string): string =>
      parts.flatMap((part) => (part.kind === kind ? [] : [part.text])).join('');
    expect(without('added')).toBe(before);
    expect(without('removed')).toBe(after);
  });

  it('keeps as much of both as there is, in the same order', () => {
    const [before, after] = ['a b c a b b a', 'c b a b a c'];
    const parts = wordDiff(before, after)?.parts ?? [];
    const without = (kind: string): string =>
      parts.flatMap((part) => (part.kind === kind ? [] : [part.text])).join('');
    expect([without('added'), without('removed')]).toEqual([before, after]);
    const same = parts.flatMap(({ kind, text }) => (kind === 'same' ? tokensOf(text) : []));
    expect(same).toHaveLength(8);
    const end = wordDiff('x y', 'x')?.parts;
    expect(end?.map(({ kind }) => kind)).toEqual(['same', 'removed']);
    expect(wordDiff('x', 'w x')?.parts.map(({ kind }) => kind)).toEqual(['added', 'same']);
  });

  it('says how alike two texts are', () => {
    expect(wordDiff('a b c', 'a b c')?.similarity).toBe(1);
    expect(wordDiff('', '')?.similarity).toBe(1);
    expect(wordDiff('one two three', 'four five six')?.similarity).toBe(0);
    expect(wordDiff('a b c d', 'a b x y')?.similarity).toBe(0.5);
  });

  it('leaves long texts to the editor', () => {
    const long = Array.from({ length: DIFF_TOKENS }, (_, n) => String(n)).join(' ');
    expect(wordDiff(long, 'short')).toBeNull();
  });

  it('cuts words of any script, numbers, and every sign', () => {
    expect(tokensOf('Größe: 12,5 €\n数字')).toEqual([
      'Größe',
      ':',
      ' ',
      '12',
      ',',
      '5',
      ' ',
      '€',
      '\n',
      '数字',
    ]);
  });
});
