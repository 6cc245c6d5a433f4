import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reviewStrings } from '../../../../src/shared/reviewStrings.ts';
import { textsOf } from '../../../../webview/review/texts.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', '..', 'webview', 'review');
const sources = readdirSync(FOLDER)
  .filter((name) => /\.tsx?$/u.test(name))
  .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
  .join('\n');

describe('the texts of Review', () => {
  it('fills in values, numbers as the language writes them', () => {
    const t = textsOf(reviewStrings, 'en');
    expect(t('progress', { done: 214, total: 1031 })).toBe('214 of 1,031 reviewed');
    expect(textsOf(reviewStrings, 'de')('progress', { done: 0, total: 1031 })).toBe(
      '0 of 1.031 reviewed',
    );
    expect(t('round')).toBe('Round {n}');
  });

  it('chooses the plural', () => {
    const t = textsOf(reviewStrings, 'en');
    expect(t.count('say.bulk', 1)).toMatch(/^1 question /u);
    expect(t.count('say.bulk', 2)).toMatch(/^2 questions /u);
  });

  it('does not fill a value into another value', () => {
    const t = textsOf(reviewStrings, 'en');
    expect(t('undo.what', { what: '{n} {what}' })).toBe('Undo: {n} {what}');
  });

  it('says something before the texts arrive', () => {
    expect(textsOf({}, 'en')('lost')).toBe(reviewStrings.lost);
  });

  it('holds no text that nobody says', () => {
    const unused = Object.keys(reviewStrings).filter((key) => {
      const stem = key.replace(/\.(?:one|other)$/u, '');
      if (sources.includes(`'${stem}'`) || sources.includes(`"${stem}"`)) return false;
      // Keys that are put together: `status.${row.status}`.
      const parts = stem.split('.');
      return !parts.some((_, at) => {
        const before = parts.slice(0, at).join('.');
        return before !== '' && sources.includes(`\`${before}.\${`);
      });
    });
    expect(unused).toEqual([]);
  });
});
