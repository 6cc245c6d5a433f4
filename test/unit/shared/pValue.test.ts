import { describe, expect, it } from 'vitest';
import { formatP, mcnemarExact } from '../../../src/core/round/statistics.ts';
import { say } from '../../../src/core/sentence.ts';
import { dashboardWords } from '../../../src/shared/dashboardWords.ts';
import { ALPHA, pValue } from '../../../src/shared/pValue.ts';

const german = (template: string): string => (template === '1,234.5' ? '1.234,5' : template);

describe('a p value', () => {
  it.each([
    [0.32, 'p = 0.32', 'p = 0,32'],
    [0.0032, 'p = 0.0032', 'p = 0,0032'],
    [0.001, 'p = 0.001', 'p = 0,001'],
    [0.00099, 'p < 0.001', 'p < 0,001'],
    [3.9e-36, 'p < 0.001', 'p < 0,001'],
    [0, 'p < 0.001', 'p < 0,001'],
    [0.9949, 'p = 0.99', 'p = 0,99'],
    [1, 'p = 1.00', 'p = 1,00'],
  ])(
    '%d is written in one way by verdicts, tables, the Dashboard and the terminal',
    (p, en, de) => {
      expect(pValue(p)).toBe(en);
      expect(String(formatP(p))).toBe(en);
      expect(dashboardWords({}, 'en').p(p)).toBe(en);
      expect(say(formatP(p), german)).toBe(de);
      expect(dashboardWords({}, 'de').p(p)).toBe(de);
    },
  );

  it('never stands on the line, nor on the other side of it than its verdict', () => {
    for (const [fixed, lost, isTold] of [
      [42, 25, true],
      [22, 10, false],
    ] as const) {
      const p = mcnemarExact(fixed, lost);
      expect(p < ALPHA).toBe(isTold);
      expect(pValue(p)).toMatch(isTold ? /^p = 0\.04\d+$/u : /^p = 0\.050*[1-9]/u);
    }
    expect(pValue(0.049999)).toBe('p = 0.049999');
    expect(pValue(0.0501)).toBe('p = 0.0501');
    expect(pValue(ALPHA)).toBe('p = 0.05');
    expect(pValue(0.0532)).toBe('p = 0.053');
  });
});
