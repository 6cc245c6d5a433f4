import { describe, expect, it } from 'vitest';
import { alignColumns, formatDuration, someIds } from '../../../../src/node/terminal/format.ts';

describe('formats', () => {
  it.each([
    [-3, '0 s'],
    [0.4, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [125, '2 min 05 s'],
    [3599.7, '1 h 00 min'],
    [4200, '1 h 10 min'],
    [90_000, '25 h 00 min'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('names ids up to a number that a person reads, and counts the rest', () => {
    const ids = Array.from({ length: 23 }, (_, at) => `q-${at}`);
    expect(String(someIds([]))).toBe('none');
    expect(String(someIds(ids.slice(0, 20)))).toBe(ids.slice(0, 20).join(' '));
    expect(String(someIds(ids))).toBe(`${ids.slice(0, 20).join(' ')} and 3 more (--json)`);
  });

  it('aligns columns: the first left, the others right, no blanks at the end', () => {
    const text = String(
      alignColumns([
        ['round', 'right', 'note'],
        ['0', '9', ''],
        ['10', '100 %'],
      ]),
    );
    expect(text.split('\n')).toEqual(['round  right  note', '0          9', '10     100 %']);
  });
});
