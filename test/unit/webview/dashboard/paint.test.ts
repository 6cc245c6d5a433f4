// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LIGHT_INK } from '../../../../src/shared/pictures/ink.ts';
import { barsPicture } from '../../../../src/shared/pictures/bars.ts';
import { asFile } from '../../../../src/shared/pictures/picture.ts';
import { paint } from '../../../../webview/dashboard/paint.ts';

/** Notes what a canvas is asked to do. */
function easel() {
  const done: unknown[][] = [];
  const state: Record<string, unknown> = {};
  const painter = new Proxy(
    {},
    {
      get: (_, name) =>
        name in state
          ? state[String(name)]
          : (...given: unknown[]) => done.push([name, ...given, { ...state }]),
      set: (_, name, value) => {
        state[String(name)] = value;
        return true;
      },
    },
  );
  // SAFETY: it answers every call and property that a painter has.
  return { done, painter: painter as unknown as CanvasRenderingContext2D };
}

beforeEach(() => {
  vi.stubGlobal(
    'Path2D',
    class {
      readonly parts: unknown[] = [];
      constructor(d?: string) {
        if (d !== undefined) this.parts.push(d);
      }
      rect = (...box: number[]) => this.parts.push(['rect', ...box]);
      arc = (...arc: number[]) => this.parts.push(['arc', ...arc]);
      moveTo = (...to: number[]) => this.parts.push(['move', ...to]);
      lineTo = (...to: number[]) => this.parts.push(['line', ...to]);
    },
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a picture on a canvas', () => {
  const texts = {
    count: String,
    percent: String,
    head: ['a', 'b', 'c'] as const,
    sentence: (parts: string) => parts,
  };
  const bars = barsPicture([{ label: 'fixed', value: 3, hatch: 'rise', colour: 'good' }], {
    width: 300,
    ink: LIGHT_INK,
    of: 3,
    texts,
  });

  it('has every piece, at its place, in its colours', () => {
    const { done, painter } = easel();
    paint(
      asFile(bars.svg, { title: 'Title', sentence: 'Sentence', note: 'n = 3' }, LIGHT_INK),
      painter,
      2,
    );
    expect(done[0]?.slice(0, 7)).toEqual(['setTransform', 2, 0, 0, 2, 0, 0]);
    const fills = done.filter(([name]) => name === 'fill');
    expect(fills[0]?.[2]).toMatchObject({ fillStyle: LIGHT_INK.page });
    const written = done.filter(([name]) => name === 'fillText');
    expect(written.map(([, text]) => text)).toEqual(['Title', 'fixed', '3', 'n = 3']);
    expect(written[0]?.at(-1)).toMatchObject({
      font: expect.stringMatching(/^600 14px system-ui/u),
      fillStyle: LIGHT_INK.text,
      textAlign: 'left',
    });
    expect(written[1]?.at(-1)).toMatchObject({ textAlign: 'right' });
    expect(done.filter(([name]) => name === 'translate').map((one) => one.slice(1, 3))).toEqual([
      [16, 44],
    ]);
    const strokes = done.filter(([name]) => name === 'stroke');
    expect(
      strokes.some((one) => (one[2] as { strokeStyle: string }).strokeStyle === LIGHT_INK.good),
    ).toBe(true);
    const saves = done.filter(([name]) => name === 'save').length;
    expect(done.filter(([name]) => name === 'restore')).toHaveLength(saves);
  });

  it('draws lines, circles and dashes', () => {
    const { done, painter } = easel();
    const piece = (
      tag: 'line' | 'circle' | 'path',
      attributes: Record<string, string | number>,
    ) => ({
      tag,
      attributes,
      children: [],
    });
    paint(
      {
        tag: 'svg',
        attributes: { fill: 'none' },
        children: [
          piece('line', { x1: 1, y1: 2, x2: 3, y2: 4, stroke: '#111', 'stroke-dasharray': '5 3' }),
          piece('circle', { cx: 5, cy: 6, r: 7, fill: '#222' }),
          piece('path', { d: 'M0 0L1 1', stroke: '#333', 'stroke-width': 1.6 }),
        ],
      },
      painter,
      1,
    );
    const strokes = done.filter(([name]) => name === 'stroke');
    expect((strokes[0]?.[1] as { parts: unknown }).parts).toEqual([
      ['move', 1, 2],
      ['line', 3, 4],
    ]);
    expect(done.find(([name]) => name === 'setLineDash')?.[1]).toEqual([5, 3]);
    const filled = done.find(([name]) => name === 'fill');
    expect((filled?.[1] as { parts: unknown[][] }).parts[0]?.slice(0, 4)).toEqual(['arc', 5, 6, 7]);
    expect((strokes[1]?.[1] as { parts: unknown }).parts).toEqual(['M0 0L1 1']);
    expect(strokes[1]?.[2]).toMatchObject({ strokeStyle: '#333', lineWidth: 1.6 });
  });
});
