import { describe, expect, it } from 'vitest';
import { formatP } from '../../../src/core/round/statistics.ts';
import { say } from '../../../src/core/sentence.ts';
import { dashboardWords } from '../../../src/shared/dashboardWords.ts';
import { pValue } from '../../../src/shared/pValue.ts';

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
});
