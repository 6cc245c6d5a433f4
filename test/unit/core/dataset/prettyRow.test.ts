import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prettyRow } from '../../../../src/core/dataset/prettyRow.ts';
import { fenceOf } from '../../../fakes/vscodeLanguages.ts';

describe('a row for reading', () => {
  it('has its fields one after the other, texts with their line breaks', () => {
    const row = {
      id: 'a',
      answer: '12',
      rationale: '3 * 4 = 12\nAnswer: 12',
      tags: ['x', 'y'],
    };
    expect(prettyRow(JSON.stringify(row))).toBe(
      [
        'id         a',
        'answer     12',
        'rationale',
        '    3 * 4 = 12',
        '    Answer: 12',
        'tags       ["x","y"]',
      ].join('\n'),
    );
    expect(prettyRow('oops')).toBe(null);
    expect(prettyRow('[1]')).toBe(null);
  });

  it('is short, however long the row is', () => {
    const long = prettyRow(JSON.stringify({ id: 'a', question: 'x'.repeat(100_000) })) ?? '';
    expect(long.length).toBeLessThan(2100);
    const many = Object.fromEntries(
      Array.from({ length: 50 }, (_, n) => [`f${n}`, 'y'.repeat(1000)]),
    );
    expect(prettyRow(JSON.stringify(many))?.length).toBeLessThan(6002);
  });

  it('threat 24: cannot leave the block of code that it is shown in', () => {
    const piece = fc.constantFrom(
      '`',
      '```',
      '````',
      ' ',
      '   ',
      '\n',
      '\r',
      '\t',
      'x',
      '\u2028',
      '[a](command:b)',
    );
    const text = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 4 }), (fields) => {
        const line = `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
        const shown = prettyRow(line) ?? '';
        const fence = fenceOf(shown);
        const closes = new RegExp(`^ {0,3}\`{${fence.length},}[ \\t]*$`, 'u');
        expect(shown.split(/\r\n|[\n\r\u2028\u2029]/u).filter((one) => closes.test(one))).toEqual(
          [],
        );
      }),
      { numRuns: 3000 },
    );
  });
});
