import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from './repositoryFiles.ts';
import { markedTitles, titlesIn } from './titles.ts';

/** What may happen while a data file is edited: each is owed a test of its name. */
const cases = z
  .array(z.string())
  .parse(JSON.parse(readFileSync(join(ROOT, 'test', 'fixtures', 'editingCases.json'), 'utf8')));
const named = markedTitles().filter(({ mark }) => mark === 'edge case');
/** In the text of a test a backslash is spelt with another. */
const isOf = (name: string, rest: string): boolean => {
  const spelt = name.replaceAll('\\', '\\\\');
  return rest.startsWith(spelt) && /^[:,'"`]/u.test(rest.slice(spelt.length));
};

describe('every edge case of editing data has a test of its name', () => {
  it('finds the titles, and no skipped ones', () => {
    const text = [
      "it('edge case: BOM: stays first', f)",
      'it.each(files)(`edge case: 0 bytes`, f)',
      "it.skip('edge case: Revert: later', f)",
    ].join('\n');
    const found = titlesIn('a.test.ts', text);
    expect(found.map(({ mark }) => mark)).toEqual(['edge case', 'edge case']);
    expect(found.map(({ rest }) => ['BOM', '0 bytes'].map((name) => isOf(name, rest)))).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('knows each case once', () => {
    expect(cases).toHaveLength(30);
    expect(new Set(cases).size).toBe(cases.length);
  });

  it.each(cases)('%s', (name) => {
    expect(named.filter(({ rest }) => isOf(name, rest))).not.toEqual([]);
  });

  it('and no test is of a case that is not in the list', () => {
    const unknown = named.filter(({ rest }) => !cases.some((name) => isOf(name, rest)));
    expect(unknown).toEqual([]);
  });
});
