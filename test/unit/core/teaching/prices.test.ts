import { describe, expect, it } from 'vitest';
import { aboutPrices, costOf, pricesFor } from '../../../../src/core/teaching/prices.ts';

const base = { inputPerMillion: 2, outputPerMillion: 8, currency: 'USD' };
const now = Date.parse('2026-06-01T12:00:00Z');

describe('prices', () => {
  it('tell read, remembered and written tokens apart', () => {
    const tokens = { promptTokens: 1_000_000, completionTokens: 500_000, cachedTokens: 400_000 };
    expect(costOf(tokens, base)).toBeCloseTo(6);
    expect(costOf(tokens, { ...base, cachedPerMillion: 0.5 })).toBeCloseTo(0.6 * 2 + 0.4 * 0.5 + 4);
    // A server that claims more remembered tokens than there were gets no negative price.
    const odd = { promptTokens: 10, completionTokens: 0, cachedTokens: 99 };
    expect(costOf(odd, { ...base, cachedPerMillion: 1 })).toBeCloseTo(1e-5);
  });

  it('are those of the first name that fits the whole model', () => {
    const list = [
      { ...base, model: 'small.1', asOf: '2026-01-01' },
      { ...base, model: 'small*', outputPerMillion: 1 },
      { ...base, model: '*/large-?', outputPerMillion: 2 },
    ];
    expect(pricesFor('small.1', list)?.outputPerMillion).toBe(8);
    expect(pricesFor('smallx1', list)?.outputPerMillion).toBe(1);
    expect(pricesFor('maker/large-?', list)?.outputPerMillion).toBe(2);
    expect(pricesFor('maker/large-2', list)).toBeUndefined();
    expect(pricesFor('a small', list)).toBeUndefined();
  });

  it.each([
    ['2026-06-01', 'Prices as of 2026-06-01.'],
    ['2026-03-03', 'Prices as of 2026-03-03.'],
    ['2026-03-02', 'Prices as of 2026-03-02, 91 days ago: look them up again.'],
    ['2027-01-01', 'Prices as of 2027-01-01.'],
    [undefined, 'These prices have no date: nobody can tell how old they are.'],
  ])('of %s say how far to believe them', (asOf, says) => {
    expect(String(aboutPrices({ asOf }, now))).toBe(says);
  });

  it('that nobody knows are not made up', () => {
    expect(String(aboutPrices(null, now))).toContain('No price is known');
  });
});
