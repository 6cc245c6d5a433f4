import fc from 'fast-check';
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

it('marks words whose letters are others beside each other than alone', () => {
  expect(found('Η ΟΔΟΣ εδώ', 'ΟΔΟΣ')).toEqual(['ΟΔΟΣ']);
  expect(found('ΟΔΟΣ και οδοσήμανση', 'οδοσ')).toEqual(['ΟΔΟΣ', 'οδοσ']);
  expect(found('in İstanbul', 'İstanbul')).toEqual(['İstanbul']);
  expect(found('in I\u0307STANBUL', 'İstanbul')).toEqual(['I\u0307STANBUL']);
  expect(found('ｶﾞｽ', 'ガス')).toEqual(['ｶﾞｽ']);
  expect(found('x \u1112\u1161\u11ab\u1100\u116e\u11a8 y', '한국')).toEqual([
    '\u1112\u1161\u11ab\u1100\u116e\u11a8',
  ]);
});

it('marks exactly what the search finds, whatever the text and the words', () => {
  const unit = fc.constantFrom(
    ...['a', 'B', 'Σ', 'σ', 'ς', 'İ', 'ı', 'I', 'ß', 'ẞ', 'ﬁ', 'ｶ', 'ﾞ', 'か', 'é', 'e', ' ', '\n'],
    ...['\u0301', '\u0307', '\u0345', '\u3099', '\u1112', '\u1161', '\u11ab', '한', '½', 'ſ', '´'],
    ...['😀', '\ud83d', '\u0130', 'K', '\u200d', 'Ω', '.', "'", '\u0dd9', '\u0dcf', '\u0f71\u0f80'],
  );
  const texts = fc.oneof(fc.string({ unit, maxLength: 24 }), fc.string({ unit: 'binary' }));
  const searched = fc.tuple(texts, texts, fc.nat(24), fc.nat(24)).map(([text, other, a, b]) => ({
    text,
    search: `${text.slice(Math.min(a, b), Math.max(a, b))} ${other.slice(0, 2)}`,
  }));
  fc.assert(
    fc.property(searched, ({ text, search }) => {
      for (const word of searchWords(search)) {
        const marks = matchesIn(text, [word]);
        expect(marks.length > 0).toBe(foldForSearch(text).includes(word));
        const unmarked: string[] = [];
        let from = 0;
        for (const { start, end } of marks) {
          expect(start).toBeGreaterThanOrEqual(from);
          expect(foldForSearch(text.slice(start, end))).toContain(word);
          unmarked.push(text.slice(from, start));
          from = end;
        }
        unmarked.push(text.slice(from));
        for (const rest of unmarked) expect(foldForSearch(rest)).not.toContain(word);
      }
    }),
    { numRuns: 2000 },
  );
});
