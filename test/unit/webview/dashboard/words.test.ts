import { describe, expect, it } from 'vitest';
import { DASHBOARD_STRINGS } from '../../../../src/shared/dashboardStrings.ts';
import { dashboardWords } from '../../../../src/shared/dashboardWords.ts';
import { TRAINING_STRINGS } from '../../../../src/shared/trainingStrings.ts';

const en = dashboardWords({}, 'en');
const de = dashboardWords({ 'round.n': 'Runde {0}' }, 'de');
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('what the dashboard says', () => {
  it('shares no key with the training’s words, which come in the same answer', () => {
    const shared = Object.keys(DASHBOARD_STRINGS).filter((key) => key in TRAINING_STRINGS);
    expect(shared).toEqual([]);
  });

  it('writes numbers as the language does', () => {
    expect(plain(en.percent(0.436))).toBe('43.6 %');
    expect(plain(de.percent(0.436))).toBe('43,6 %');
    expect([en.count(12345), de.count(12345)]).toEqual(['12,345', '12.345']);
    const rate = { right: 1, n: 2, rate: 0.5, low: 0.095, high: 0.905 };
    expect(plain(en.rate(rate))).toBe('50.0 % [9.5–90.5]');
    expect(de('round.n', 3)).toBe('Runde 3');
    expect(en('round.n', 3)).toBe('Round 3');
  });

  it('gives changes their direction, and none to what rounds to nothing', () => {
    expect([0.0571, -0.019, 0.0001, 0].map(en.points)).toEqual(['+5.7', '\u22121.9', '0.0', '0.0']);
  });

  it('names no p value that is smaller than it can mean', () => {
    expect([0.2, 0.0312, 0.00099, 1e-40].map(en.p)).toEqual([
      'p = 0.2',
      'p = 0.031',
      'p < 0.001',
      'p < 0.001',
    ]);
    expect(de.p(1e-9)).toBe('p < 0,001');
  });

  it('says times as coarsely as one wants to know them', () => {
    expect([0.2, 4.4, 89, 610, 9000].map(en.duration)).toEqual([
      'under 1 s',
      '4 s',
      '89 s',
      '10 min',
      '2 h 30 min',
    ]);
  });

  it('finds the word of what comes out of data, or leaves it as it is', () => {
    expect(en.known('stage', 'teach')).toBe('teaching');
    expect(en.known('stage', 'constructor')).toBe('constructor');
  });
});
