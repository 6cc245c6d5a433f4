import { describe, expect, it } from 'vitest';
import { parseTemplates } from '../../../../src/core/practice/templates.ts';
import { TEMPLATES, TEMPLATES_TEXT } from './practiceTemplates.ts';

const shipped = (): string => TEMPLATES_TEXT;

describe('practice templates', () => {
  it('have twelve families of one, two and three steps, four of them known to the base', () => {
    const operators = TEMPLATES.families.map(({ equation }) => equation.match(/[-+*/]/gu)?.length);
    expect(TEMPLATES.families).toHaveLength(12);
    expect(new Set(operators)).toEqual(new Set([1, 2, 3]));
    expect(TEMPLATES.families.filter((family) => family.known)).toHaveLength(4);
  });

  it.each([
    ['not JSON', (text: string) => text.slice(1), /not JSON/u],
    [
      'an unknown slot in a phrasing',
      (text: string) => text.replace('gives {n} {b} more', 'gives {n} {x} more'),
      /families\.0/u,
    ],
    [
      'no held-out phrasing',
      (text: string) => text.replace(/,\s*"heldOut": true/u, ''),
      /families\.0/u,
    ],
    [
      'a phrasing without a name',
      (text: string) => text.replace(/Out of[^"]*/u, 'There are {s} {t}, and {b} go.'),
      /families\.1/u,
    ],
    ['a name on both sides', (text: string) => text.replace('"Gus"', '"Ana"'), /at the top/u],
    ['a numeric slot of zero', (text: string) => text.replace(/\[\s*2,/u, '[0,'), /numbers/u],
  ])('refuse %s', (_, spoil, message) => {
    const text = spoil(shipped());
    expect(text).not.toBe(shipped());
    expect(() => parseTemplates(text)).toThrow(message);
  });
});
