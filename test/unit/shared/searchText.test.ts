import { expect, it } from 'vitest';
import { foldForSearch, matchesIn, searchWords } from '../../../src/shared/searchText.ts';

const found = (text: string, search: string): string[] =>
  matchesIn(text, searchWords(search)).map(({ start, end }) => text.slice(start, end));

it('finds words where they stand, whatever their letters’ case, and joins what touches', () => {
  expect(found('Two Apples and an APPLE', 'apple')).toEqual(['Apple', 'APPLE']);
  expect(found('abcabc', 'abc')).toEqual(['abcabc']);
  expect(found('fourteen teens', 'teen fourt')).toEqual(['fourteen', 'teen']);
  expect(found('<b>7</b> & 7', '<b>')).toEqual(['<b>']);
  expect(found('nothing here', 'apple')).toEqual([]);
  expect(found('anything', '  ')).toEqual([]);
});

it('finds in a text as it is written what the search finds in it folded', () => {
  expect(found('a ﬁne café', 'fi')).toEqual(['ﬁ']);
  expect(found('a fine cafe\u0301 here', 'café')).toEqual(['cafe\u0301']);
  expect(found('ＡＢＣ and ß', 'abc')).toEqual(['ＡＢＣ']);
  expect(found('İstanbul 😀 apples', 'apples')).toEqual(['apples']);
  for (const text of ['Zoë hat 3 Äpfel', '价格 12 元', 'naïve ﬃ x', 'Ⅳ ½ ℃']) {
    for (const word of searchWords(text)) {
      expect(foldForSearch(text)).toContain(word);
      expect(matchesIn(text, [word]).length, `${word} in ${text}`).toBeGreaterThan(0);
    }
  }
});

it('marks so many places and no more', () => {
  expect(matchesIn('a '.repeat(20_000), ['a']).length).toBe(500);
});
