import { axisX, axisY, gridY, line, plot } from '@observablehq/plot';
import type { Point } from '../../src/shared/trainingContract.ts';

export interface Drawing {
  readonly series: readonly { readonly key: Exclude<keyof Point, 'step'> }[];
  readonly points: readonly Point[];
  readonly range: readonly [number, number] | undefined;
  readonly width: number;
  readonly step: string;
}

/** By the editor's variables, so that a change of theme needs no new drawing; told apart by their dashes as well. */
const STROKES = [
  { stroke: 'var(--curve-0)', strokeDasharray: 'none' },
  { stroke: 'var(--curve-1)', strokeDasharray: '5 3' },
] as const;

const NARROWEST = 200;
const HEIGHT = 140;

/**
 * Curves over the steps as one SVG. Plot puts a style element into it, which the page's policy refuses: it is taken out
 * before the picture enters the page, and its rules stand in our own sheet.
 */
export function drawCurve({ series, points, range, width, step }: Drawing): Element {
  const drawn = plot({
    className: 'plot',
    width: Math.max(NARROWEST, width),
    height: HEIGHT,
    marginLeft: 44,
    marginBottom: 30,
    marginTop: 8,
    marginRight: 8,
    x: { label: step },
    y: { label: null, nice: true, ...(range ? { domain: [...range] } : {}) },
    marks: [
      gridY({ ticks: 4, stroke: 'var(--curve-grid)', strokeOpacity: 1 }),
      axisX({ ticks: 4, color: 'currentColor' }),
      axisY({ ticks: 4, color: 'currentColor' }),
      ...series.map(({ key }, at) =>
        line(points, { x: 'step', y: key, ...(STROKES[at] ?? STROKES[0]), strokeWidth: 1.6 }),
      ),
    ],
  });
  for (const style of drawn.querySelectorAll('style')) style.remove();
  drawn.setAttribute('aria-hidden', 'true');
  return drawn;
}
