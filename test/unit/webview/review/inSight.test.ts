import { describe, expect, it } from 'vitest';
import { ROW_HEIGHT, scrollFor, stretchInSight } from '../../../../webview/review/inSight.ts';

describe('stretchInSight', () => {
  it('is a few rows however long the list', () => {
    const { first, end } = stretchInSight(50_000 * ROW_HEIGHT, 440, 100_000);
    expect(first).toBeLessThanOrEqual(50_000);
    expect(end).toBeGreaterThanOrEqual(50_010);
    expect(end - first).toBeLessThan(25);
  });

  it('stays within the list', () => {
    expect(stretchInSight(0, 440, 3)).toEqual({ first: 0, end: 3 });
    expect(stretchInSight(0, 440, 0)).toEqual({ first: 0, end: 0 });
    const { first, end } = stretchInSight(90 * ROW_HEIGHT, 440, 10);
    expect(first).toBeLessThanOrEqual(end);
    expect(end).toBe(10);
  });
});

describe('scrollFor', () => {
  it('moves as little as it must', () => {
    expect(scrollFor(5, 0, 440)).toBe(0);
    expect(scrollFor(10, 0, 440)).toBe(ROW_HEIGHT);
    expect(scrollFor(2, 10 * ROW_HEIGHT, 440)).toBe(2 * ROW_HEIGHT);
  });
});
