import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimated, MOST_POINTS, type Measured } from '../../../../src/shared/pictures/decimate.ts';
import { LIGHT_INK } from '../../../../src/shared/pictures/ink.ts';
import { linesPicture, type LineSeries } from '../../../../src/shared/pictures/lines.ts';
import { all, overlapping, pointsOf, textSizes } from './geometry.ts';

const texts = {
  x: 'Step',
  number: (value: number) => String(Math.round(value * 1000) / 1000),
  course: (label: string, first: { x: number; y: number }, last: { x: number; y: number }) =>
    `${label} ${first.y}@${first.x} → ${last.y}@${last.x}.`,
  none: 'Nothing.',
};
const draw = (
  series: readonly LineSeries[],
  more: { width?: number; range?: [number, number] } = {},
) => linesPicture(series, { width: 400, ink: LIGHT_INK, texts, ...more });
const series = (label: string, ...values: (number | null)[]): LineSeries => ({
  label,
  points: values.map((y, x) => ({ x, y })),
});

describe('curves', () => {
  it('put equal steps at equal distances and larger values higher', () => {
    const { svg } = draw([series('loss', 4, 2, 0)]);
    const [path] = all(svg, 'path');
    const [a, b, c] = pointsOf(path!);
    expect(b!.x - a!.x).toBeCloseTo(c!.x - b!.x, 0);
    expect(b!.y - a!.y).toBeCloseTo(c!.y - b!.y, 0);
    expect(c!.y).toBeGreaterThan(a!.y);
    for (const { x, y } of [a!, b!, c!]) {
      expect(x).toBeGreaterThan(30);
      expect(x).toBeLessThanOrEqual(400 - 14);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(Number(svg.attributes['height']));
    }
  });

  it('go on over steps that were not measured, and show a single value as a point', () => {
    const { svg, sentence, table } = draw([series('pair', null, 2, null, 1, null)]);
    expect(pointsOf(all(svg, 'path')[0]!)).toHaveLength(2);
    expect(sentence).toBe('pair 2@1 → 1@3.');
    expect(table).toEqual({
      head: ['Step', 'pair'],
      rows: [
        ['1', '2'],
        ['3', '1'],
      ],
    });
    const one = draw([series('pair', null, 2)]).svg;
    expect(all(one, 'path')).toEqual([]);
    expect(all(one, 'circle')).toHaveLength(1);
  });

  it('are told apart by dashes, each named beside its dash', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const { svg, sentence } = draw(names.map((name, at) => series(name, at, at + 1)));
    const looks = all(svg, 'path').map(
      ({ attributes }) => `${attributes['stroke']}${attributes['stroke-dasharray']}`,
    );
    expect(new Set(looks).size).toBe(6);
    const keys = all(svg, 'line').filter(({ attributes }) => attributes['stroke-width'] === 2);
    expect(
      keys.map(({ attributes }) => `${attributes['stroke']}${attributes['stroke-dasharray']}`),
    ).toEqual(looks);
    const named = all(svg, 'text').filter(({ text }) => names.includes(text ?? ''));
    expect(named.map(({ text }) => text)).toEqual(names);
    expect(sentence.split('. ')).toHaveLength(6);
  });

  it('keep a given range, and are whole without any value', () => {
    const { svg } = draw([series('share', 0.5, 0.5)], { range: [0, 1] });
    const shown = all(svg, 'text').map(({ text }) => text);
    expect(shown).toEqual(expect.arrayContaining(['0', '0.4', '1']));
    const empty = draw([series('share')]);
    expect(empty.sentence).toBe('Nothing.');
    expect(empty.table.rows).toEqual([]);
    expect(all(empty.svg, 'path')).toEqual([]);
    const flat = draw([series('flat', 3, 3, 3)]).svg;
    expect(pointsOf(all(flat, 'path')[0]!).every(({ y }) => Number.isFinite(y))).toBe(true);
  });

  it('have readable text that covers no other, however narrow the place and long the names', () => {
    for (const width of [0, 240, 700]) {
      const many = ['Language-model loss of the first kind', 'b', 'c '.repeat(60)].map((name, at) =>
        series(name, 1234.5 * at, 2, 30_000),
      );
      const { svg } = draw(many, { width });
      expect(Math.min(...textSizes(svg))).toBeGreaterThanOrEqual(11);
      expect(overlapping(svg)).toEqual([]);
    }
  });
});

describe('points of a line', () => {
  it('are at most as many as asked for, in order, with both ends and every extreme', () => {
    const value = fc.option(fc.integer({ min: -1000, max: 1000 }), { nil: null });
    fc.assert(
      fc.property(fc.array(value, { minLength: 605, maxLength: 2500 }), (values) => {
        const points: Measured[] = values.map((y, x) => ({ x, y }));
        const known = points.filter(({ y }) => y !== null);
        const kept = decimated(points);
        expect(kept.length).toBeLessThanOrEqual(MOST_POINTS);
        expect(kept[0]).toEqual(known[0]);
        expect(kept.at(-1)).toEqual(known.at(-1));
        expect(kept.map(({ x }) => x)).toEqual([...kept.map(({ x }) => x)].sort((a, b) => a - b));
        const ys = known.map(({ y }) => y ?? 0);
        expect(Math.max(...kept.map(({ y }) => y))).toBe(Math.max(...ys));
        expect(Math.min(...kept.map(({ y }) => y))).toBe(Math.min(...ys));
      }),
      { numRuns: 40 },
    );
  });

  it('leave out what is no number', () => {
    const points = [
      { x: 0, y: NaN },
      { x: 1, y: 2 },
      { x: 2, y: Infinity },
      { x: 3, y: null },
    ];
    expect(decimated(points)).toEqual([{ x: 1, y: 2 }]);
  });
});
