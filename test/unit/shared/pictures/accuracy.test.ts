import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dashboardWords } from '../../../../src/shared/dashboardWords.ts';
import { accuracyPicture } from '../../../../src/shared/pictures/accuracy.ts';
import type { AccuracySet } from '../../../../src/shared/pictures/accuracySet.ts';
import { LIGHT_INK } from '../../../../src/shared/pictures/ink.ts';
import type { SvgElement } from '../../../../src/shared/pictures/svg.ts';
import { all, overlapping, textSizes } from './geometry.ts';

const words = dashboardWords({}, 'en');
const set = (
  name: string,
  role: AccuracySet['role'],
  ...rates: readonly (readonly [number, number, number])[]
): AccuracySet => ({
  name,
  role,
  points: rates.map(([rate, low, high], round) => ({
    round,
    accuracy: { rate, low, high, n: 747, right: rate * 747 },
  })),
});
const draw = (sets: readonly AccuracySet[], width = 520) =>
  accuracyPicture(sets, { width, ink: LIGHT_INK, words });
const DEV = set('dev', 'dev', [0.312, 0.28, 0.346], [0.379, 0.345, 0.414], [0.436, 0.401, 0.472]);
const TEST = set('final', 'test', [0.33, 0.3, 0.36], [0.4, 0.37, 0.43]);

/** Where marks stand; those beside the names come last and are not meant. */
function marksIn(svg: SvgElement): { x: number; y: number; d: string }[] {
  const marks = all(svg, 'path').flatMap(({ attributes }) => {
    const found = /translate\(([\d.]+) ([\d.]+)\)/u.exec(String(attributes['transform']));
    return found ? [{ x: Number(found[1]), y: Number(found[2]), d: String(attributes['d']) }] : [];
  });
  return marks.slice(0, whiskersIn(svg).length);
}

function whiskersIn(svg: SvgElement): { x: number; high: number; low: number }[] {
  return all(svg, 'path').flatMap(({ attributes }) => {
    const found = /M([\d.]+) ([\d.]+)V([\d.]+)$/u.exec(String(attributes['d']));
    return found ? [{ x: Number(found[1]), high: Number(found[2]), low: Number(found[3]) }] : [];
  });
}

describe('accuracy by round', () => {
  it('stands in the middle of whiskers that are as long as its interval', () => {
    const { svg } = draw([DEV]);
    const [marks, whiskers] = [marksIn(svg), whiskersIn(svg)];
    expect(marks).toHaveLength(3);
    expect(whiskers.map(({ x }) => x)).toEqual(marks.map(({ x }) => x));
    const perShare = (marks[0]!.y - marks[2]!.y) / (0.436 - 0.312);
    whiskers.forEach(({ high, low }, at) => {
      const { low: from, high: to } = DEV.points[at]!.accuracy;
      expect(low - high).toBeCloseTo((to - from) * perShare, 0);
    });
    expect(marks[1]!.x - marks[0]!.x).toBeCloseTo(marks[2]!.x - marks[1]!.x, 1);
    expect(marks[2]!.y).toBeLessThan(marks[1]!.y);
  });

  it('says in words where each set comes from and gets to, with interval and n', () => {
    expect(draw([DEV, TEST]).sentence.replaceAll('\u00a0', ' ')).toBe(
      'dev: from 31.2 % [28.0–34.6] (n = 747) in round 0 to 43.6 % [40.1–47.2] (n = 747) in round 2. ' +
        'final (test): from 33.0 % [30.0–36.0] (n = 747) in round 0 to 40.0 % [37.0–43.0] (n = 747) in round 1.',
    );
    expect(draw([set('dev', 'dev', [0.5, 0.4, 0.6])]).sentence.replaceAll('\u00a0', ' ')).toBe(
      'dev: 50.0 % [40.0–60.0] (n = 747) in round 0.',
    );
  });

  it('says the best round, too, when it is neither the first nor the last, but never of a test set', () => {
    const rates = [
      [0.357, 0.32, 0.39],
      [0.797, 0.77, 0.82],
      [0.93, 0.91, 0.95],
      [0.82, 0.79, 0.85],
    ] as const;
    const said = (of: AccuracySet): string => draw([of]).sentence.replaceAll('\u00a0', ' ');
    expect(said(set('dev', 'dev', ...rates))).toBe(
      'dev: from 35.7 % [32.0–39.0] (n = 747) in round 0 to 82.0 % [79.0–85.0] (n = 747) in round 3; ' +
        'best 93.0 % [91.0–95.0] (n = 747) in round 2.',
    );
    expect(said(set('final', 'test', ...rates))).not.toContain('best');
    // As good as the last one is no better.
    const [first, , best] = rates;
    expect(said(set('dev', 'dev', first, best, best))).not.toContain('best');
    expect(said(set('dev', 'dev', best, first, best))).not.toContain('best');
    expect(said(DEV)).not.toContain('best');
  });

  it('has a table of the same numbers, round by round', () => {
    const { head, rows } = draw([DEV, TEST]).table;
    expect(head).toEqual(['Round', 'Set', 'Accuracy', '95 % interval', 'n']);
    expect(rows.map(([round, name]) => [round, name])).toEqual([
      ['0', 'dev'],
      ['0', 'final (test)'],
      ['1', 'dev'],
      ['1', 'final (test)'],
      ['2', 'dev'],
    ]);
    expect(rows[4]?.map((cell) => cell.replaceAll('\u00a0', ' '))).toEqual([
      '2',
      'dev',
      '43.6 %',
      '40.1 % – 47.2 %',
      '747',
    ]);
  });

  it('tells sets apart by their marks and dashes, and marks the test set', () => {
    const extra = (name: string) => set(name, 'extra', [0.2, 0.1, 0.3], [0.3, 0.2, 0.4]);
    const { svg } = draw([DEV, extra('svamp'), extra('asdiv'), TEST]);
    const lines = all(svg, 'path').filter(
      ({ attributes }) => attributes['stroke-dasharray'] !== undefined,
    );
    expect(new Set(lines.map(({ attributes }) => attributes['stroke-dasharray'])).size).toBe(4);
    const looks = all(svg, 'path')
      .filter(({ attributes }) => attributes['transform'] !== undefined)
      .map(({ attributes }) => `${attributes['d']} ${attributes['fill'] === LIGHT_INK.page}`);
    expect(new Set(looks).size).toBe(4);
    expect(all(svg, 'text').some(({ text }) => text?.startsWith('final (test)'))).toBe(true);
    const own = draw([set('test', 'test', [0.3, 0.2, 0.4])]).sentence;
    expect(own).toMatch(/^test: /u);
  });

  it('keeps sets of one round beside each other', () => {
    const { svg } = draw([DEV, TEST]);
    const first = marksIn(svg).filter(({ x }) => x < 150);
    expect(first).toHaveLength(2);
    expect(Math.abs(first[0]!.x - first[1]!.x)).toBeGreaterThanOrEqual(10);
  });

  it('keeps them in their round, however many rounds there are', () => {
    const many = (name: string, role: AccuracySet['role']) =>
      set(name, role, ...Array.from({ length: 15 }, () => [0.5, 0.4, 0.6] as const));
    const marks = marksIn(draw([many('dev', 'dev'), many('a', 'extra'), many('b', 'extra')]).svg);
    const places = [0, 1, 2].map((at) => marks.slice(15 * at, 15 * (at + 1)).map(({ x }) => x));
    for (let round = 0; round < 14; round += 1) {
      const here = places.map((xs) => xs[round] ?? 0);
      const next = places.map((xs) => xs[round + 1] ?? 0);
      expect(Math.max(...here)).toBeLessThan(Math.min(...next));
    }
  });

  it('does not blow up what is noise, nor leave 0 to 100 %', () => {
    const flat = draw([set('dev', 'dev', [0.5, 0.49, 0.51], [0.505, 0.495, 0.515])]).svg;
    const ticks = all(flat, 'text').flatMap(
      ({ text }) => /^([\d.]+)\u00a0%$/u.exec(text ?? '') ?? [],
    );
    expect(ticks.length).toBeGreaterThan(0);
    const [a, b] = whiskersIn(flat);
    expect(a!.low - a!.high).toBeLessThan(60);
    expect(b!.low - b!.high).toBeLessThan(60);
    const whole = draw([set('dev', 'dev', [0, 0, 1], [1, 0, 1])]).svg;
    const shown = all(whole, 'text').map(({ text }) => text?.replaceAll('\u00a0', ' '));
    expect(shown).toEqual(expect.arrayContaining(['0 %', '100 %']));
    expect(shown).not.toContain('120 %');
  });

  it('is whole with no exam and with one', () => {
    expect(draw([]).table.rows).toEqual([]);
    expect(draw([{ name: 'dev', role: 'dev', points: [] }]).sentence).toBe('');
    expect(marksIn(draw([set('dev', 'dev', [0.5, 0.4, 0.6])]).svg)).toHaveLength(1);
  });

  it('has readable text that covers no other, whatever the numbers, rounds and widths', () => {
    const rate = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 0.2, noNaN: true }),
    );
    const points = fc.array(rate, { minLength: 1, maxLength: 20 });
    const roles = ['dev', 'extra', 'extra', 'test'] as const;
    fc.assert(
      fc.property(
        fc.array(points, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(0, 260, 420, 900),
        (all4, width) => {
          const sets = all4.map((rates, at) =>
            set(
              ['dev', 'a set with a rather long name', 'b', 'unseen'][at] ?? '',
              roles[at] ?? 'extra',
              ...rates.map(
                ([middle, half]) =>
                  [middle, Math.max(0, middle - half), Math.min(1, middle + half)] as const,
              ),
            ),
          );
          const { svg } = draw(sets, width);
          expect(Math.min(...textSizes(svg))).toBeGreaterThanOrEqual(11);
          expect(overlapping(svg)).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });
});
