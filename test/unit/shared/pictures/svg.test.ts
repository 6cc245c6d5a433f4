import { describe, expect, it } from 'vitest';
import { DARK_INK, LIGHT_INK, type Ink } from '../../../../src/shared/pictures/ink.ts';
import { asFile, drawing } from '../../../../src/shared/pictures/picture.ts';
import { spread } from '../../../../src/shared/pictures/spread.ts';
import { fitted, shape, svgText, words } from '../../../../src/shared/pictures/svg.ts';
import { HOSTILE_TEXTS } from '../../../webview/hostileTexts.ts';

/** What XML allows nowhere. */
const RANGES = ['\\u0000-\\u0008', '\\u000b\\u000c', '\\u000e-\\u001f', '\\p{Surrogate}'];
const FORBIDDEN = new RegExp(`[${RANGES.join('')}]`, 'u');

describe('a picture as text', () => {
  it('is well-formed, with rounded numbers and only the attributes that are there', () => {
    const svg = shape('svg', { width: 10 }, [
      shape('line', { x1: 1 / 3, x2: undefined, stroke: '#fff' }),
      words('a < b', { x: 2 }),
    ]);
    expect(svgText(svg)).toBe(
      '<svg xmlns="http://www.w3.org/2000/svg" width="10"><line x1="0.33" stroke="#fff"/><text x="2">a &lt; b</text></svg>',
    );
  });

  it('threat 6: keeps data as text, whatever it is', () => {
    for (const text of HOSTILE_TEXTS) {
      const svg = svgText(shape('svg', { 'aria-label': text }, [words(text, { x: 1 })]));
      expect(svg.match(/<[^>]*>/gu)?.map((tag) => tag.split(/[ >/]/u)[0])).toEqual([
        '<svg',
        '<text',
        '<',
        '<',
      ]);
      expect(svg).not.toMatch(FORBIDDEN);
    }
  });

  it('as a file has a ground, its title, and says what it shows', () => {
    const ink = LIGHT_INK;
    const inner = drawing({ width: 100, ink }, 50, [words('x', { x: 1, y: 2 })]);
    const file = asFile(inner, { title: 'Accuracy', sentence: 'It grew.' }, ink);
    expect(file.attributes).toMatchObject({
      width: 132,
      height: 110,
      viewBox: '0 0 132 110',
      role: 'img',
      'aria-label': 'Accuracy. It grew.',
    });
    expect(file.children.map(({ tag }) => tag)).toEqual(['rect', 'text', 'g']);
    expect(file.children[2]?.children).toEqual(inner.children);
    const note = 'a note that is much too long for a single line of it';
    const noted = asFile(inner, { title: 'T', sentence: 'S', note }, ink);
    const lines = noted.children.slice(3).map(({ text }) => text);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join(' ')).toBe(note);
    const places = noted.children.slice(3).map(({ attributes }) => Number(attributes['y']));
    expect(Math.min(...places)).toBeGreaterThan(16 + 28 + 50);
    expect(Math.max(...places)).toBeLessThan(Number(noted.attributes['height']));
  });
});

describe('the colours of files', () => {
  const channel = (value: number): number => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const luminance = (hex: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) =>
      channel(parseInt(hex.slice(at, at + 2), 16)),
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: string, b: string): number => {
    const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };

  it.each(Object.entries({ LIGHT_INK, DARK_INK }))('%s can be read', (_, ink: Ink) => {
    for (const colour of [ink.text, ink.muted, ...ink.series, ink.good, ink.bad]) {
      expect(contrast(colour, ink.page), colour).toBeGreaterThanOrEqual(4.5);
    }
    expect(new Set(ink.series).size).toBe(ink.series.length);
  });
});

describe('labels', () => {
  it('move apart as little as they must and stay inside', () => {
    expect(spread([10, 50], 14, [0, 100])).toEqual([10, 50]);
    expect(spread([50, 50], 14, [0, 100])).toEqual([50, 64]);
    expect(spread([99, 98, 1], 14, [0, 100])).toEqual([100, 86, 1]);
    expect(spread([], 14, [0, 100])).toEqual([]);
  });

  it('are cut where there is no room', () => {
    expect(fitted('short', 100)).toBe('short');
    const cut = fitted('a name of very many characters', 60);
    expect(cut).toMatch(/^a name.*…$/u);
    expect(cut.length).toBeLessThanOrEqual(10);
  });
});
