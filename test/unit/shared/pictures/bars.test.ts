import { describe, expect, it } from 'vitest';
import { BAR_ROW, barsPicture, hatching, type Bar } from '../../../../src/shared/pictures/bars.ts';
import { LIGHT_INK } from '../../../../src/shared/pictures/ink.ts';
import { all, overlapping, pointsOf, textSizes } from './geometry.ts';

const texts = {
  count: String,
  percent: (share: number) => `${Math.round(share * 100)} %`,
  head: ['Questions', 'Number', 'Share'] as const,
  sentence: (parts: string) => `Of 100: ${parts}.`,
};
const bar = (label: string, value: number, hatch: Bar['hatch'] = 'full'): Bar => ({
  label,
  value,
  hatch,
  colour: 'good',
});
const draw = (bars: readonly Bar[], named = true, width = 400) =>
  barsPicture(bars, { width, ink: LIGHT_INK, of: 100, texts, named });
const widths = (bars: readonly Bar[], named?: boolean): number[] =>
  all(draw(bars, named).svg, 'rect').map(({ attributes }) => Number(attributes['width']));

describe('bars', () => {
  it('are as long as their numbers, from 0', () => {
    const [a, b, c] = widths([bar('a', 60), bar('b', 30), bar('c', 10)]);
    expect(a! / b!).toBeCloseTo(2, 1);
    expect(a! / c!).toBeCloseTo(6, 1);
  });

  it('show one question of many, and nothing for none', () => {
    expect(widths([bar('a', 100_000), bar('b', 1), bar('c', 0)])).toHaveLength(2);
    expect(widths([bar('a', 100_000), bar('b', 1)])[1]).toBeGreaterThanOrEqual(2);
    expect(widths([bar('a', 0), bar('b', 0)])).toEqual([]);
  });

  it('say their names, numbers and shares', () => {
    const { svg, sentence, table } = draw([bar('fixed', 60), bar('newly wrong', 40)]);
    expect(all(svg, 'text').map(({ text }) => text)).toEqual(['fixed', '60', 'newly wrong', '40']);
    expect(sentence).toBe('Of 100: fixed 60, newly wrong 40.');
    expect(table.rows).toEqual([
      ['fixed', '60', '60 %'],
      ['newly wrong', '40', '40 %'],
    ]);
    expect(Math.min(...textSizes(svg))).toBeGreaterThanOrEqual(11);
    expect(overlapping(svg)).toEqual([]);
    expect(overlapping(draw([bar('a rather long name of a group', 9)], true, 200).svg)).toEqual([]);
  });

  it('say that a number is not known, and no share of it', () => {
    const { svg, sentence, table } = draw([{ ...bar('forgotten', 0), instead: 'not known yet' }]);
    expect(all(svg, 'text').map(({ text }) => text)).toEqual(['forgotten', 'not known yet']);
    expect(sentence).toBe('Of 100: forgotten not known yet.');
    expect(table.rows).toEqual([['forgotten', 'not known yet', '–']]);
  });

  it('have rows of one height, so that a page can put its own words beside them', () => {
    const { svg } = draw([bar('a', 1), bar('b', 2), bar('c', 3)], false);
    expect(svg.attributes['height']).toBe(3 * BAR_ROW);
    expect(all(svg, 'text')).toEqual([]);
    const middles = all(svg, 'rect').map(
      ({ attributes }) => Number(attributes['y']) + Number(attributes['height']) / 2,
    );
    expect(middles).toEqual([BAR_ROW / 2, BAR_ROW * 1.5, BAR_ROW * 2.5]);
  });
});

describe('hatchings', () => {
  const box = { left: 10, right: 75, top: 4, bottom: 20 };

  it('stay inside their bar', () => {
    for (const hatch of ['rise', 'fall', 'cross'] as const) {
      const d = hatching(box, hatch);
      const points = pointsOf({ tag: 'path', attributes: { d }, children: [] });
      expect(points.length).toBeGreaterThan(10);
      for (const { x, y } of points) {
        expect(x).toBeGreaterThanOrEqual(10);
        expect(x).toBeLessThanOrEqual(75);
        expect(y).toBeGreaterThanOrEqual(4);
        expect(y).toBeLessThanOrEqual(20);
      }
    }
  });

  it('differ from each other', () => {
    const kinds = ['full', 'rise', 'fall', 'cross', 'empty'] as const;
    expect(new Set(kinds.map((kind) => hatching(box, kind))).size).toBe(4);
    const filled = draw([bar('a', 1, 'full'), bar('b', 1, 'empty')]).svg;
    const fills = all(filled, 'rect').map(({ attributes }) => attributes['fill']);
    expect(new Set(fills).size).toBe(2);
  });
});
