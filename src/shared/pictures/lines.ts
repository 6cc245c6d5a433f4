import { line } from 'd3-shape';
import { footAxis, niceScale, sideAxis, type Place } from './axes.ts';
import { decimated, type Known, type Measured } from './decimate.ts';
import { strokeOf, type Ink } from './ink.ts';
import { drawing, type Frame, type Picture } from './picture.ts';
import { fitted, shape, TEXT_SIZE, textWidth, words, type SvgElement } from './svg.ts';
import { scaleLinear } from 'd3-scale';

/** A curve; its points come in the order of x. */
export interface LineSeries {
  readonly label: string;
  readonly points: readonly Measured[];
}

/** The picture's words; the caller has them in its own language. */
export interface LineTexts {
  /** What the places are, "Step". */
  readonly x: string;
  readonly number: (value: number) => string;
  /** Where a series begins and where it ends. */
  readonly course: (label: string, first: Known, last: Known) => string;
  readonly none: string;
}

/** The place of curves, and their words. */
export interface LinesOptions extends Frame {
  readonly height?: number;
  /** The range that means something by itself; the values' own otherwise. */
  readonly range?: readonly [number, number] | undefined;
  readonly texts: LineTexts;
}

const NARROWEST = 200;
const HEIGHT = 150;

/** Curves over steps. A value that was not measured is no gap: the line goes from what is known to what is known. */
export function linesPicture(series: readonly LineSeries[], options: LinesOptions): Picture {
  const { texts, ink, range } = options;
  const width = Math.max(NARROWEST, options.width);
  const frame = { width, ink };
  const known = series.map(({ label, points }) => ({ label, points: decimated(points) }));
  const all = known.flatMap(({ points }) => points);
  const legend = series.length > 1 ? legendOf(series, width, ink) : { rows: 0, shapes: [] };
  const height = (options.height ?? HEIGHT) + legend.rows * 16;
  const values = range ?? extent(all.map(({ y }) => y));
  const y = niceScale(values, [height - 34, 10 + legend.rows * 16], 4);
  const labels = y.ticks(4).map((value) => texts.number(value));
  const left = Math.max(34, ...labels.map((text) => textWidth(text) + 10));
  const place: Place = { left, right: width - 14, top: 10 + legend.rows * 16, bottom: height - 34 };
  const [from, to] = extent(all.map(({ x }) => x));
  const x = scaleLinear()
    .domain(from === to ? [from - 0.5, to + 0.5] : [from, to])
    .range([place.left, place.right]);
  const steps = x
    .ticks(Math.max(2, Math.floor((place.right - place.left) / 70)))
    .filter((value) => Number.isInteger(value))
    .map((value) => ({ at: x(value), text: texts.number(value) }));
  const path = line<Known>(
    (point) => x(point.x),
    (point) => y(point.y),
  ).digits(1);
  const drawn = known.flatMap(({ points }, at): SvgElement[] => {
    const stroke = strokeOf(ink, at);
    const [only, ...more] = points;
    if (only && more.length === 0) {
      return [shape('circle', { cx: x(only.x), cy: y(only.y), r: 3, fill: stroke.stroke })];
    }
    const d = path(points);
    return d === null || points.length === 0
      ? []
      : [shape('path', { d, ...stroke, 'stroke-width': 1.6, 'stroke-linejoin': 'round' })];
  });
  return {
    svg: drawing(frame, height, [
      ...sideAxis(y, place, ink, { ticks: 4, say: texts.number }),
      ...footAxis(all.length === 0 ? [] : steps, place, ink, texts.x),
      ...drawn,
      ...legend.shapes,
    ]),
    sentence: known
      .map(({ label, points }) => {
        const [first] = points;
        const last = points.at(-1);
        return first && last ? texts.course(label, first, last) : texts.none;
      })
      .join(' '),
    table: tableOf(series, texts),
  };
}

/** Dash and name of each series, in as many rows as they need. */
function legendOf(
  series: readonly LineSeries[],
  width: number,
  ink: Ink,
): { readonly rows: number; readonly shapes: SvgElement[] } {
  let [row, at] = [0, 0];
  const shapes = series.flatMap(({ label }, index) => {
    const text = fitted(label, width - 40);
    const wide = 32 + textWidth(text) + 12;
    if (at > 0 && at + wide > width) [row, at] = [row + 1, 0];
    const y = 8 + row * 16;
    const shown = [
      shape('line', {
        x1: at,
        x2: at + 26,
        y1: y,
        y2: y,
        ...strokeOf(ink, index),
        'stroke-width': 2,
      }),
      words(text, { x: at + 32, y: y + TEXT_SIZE * 0.36, fill: ink.muted }),
    ];
    at += wide;
    return shown;
  });
  return { rows: row + 1, shapes };
}

function extent(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  return [Math.min(...values), Math.max(...values)];
}

function tableOf(series: readonly LineSeries[], texts: LineTexts): Picture['table'] {
  const rows = new Map<number, (number | null)[]>();
  series.forEach(({ points }, at) => {
    for (const { x, y } of points) {
      if (y === null) continue;
      const row = rows.get(x) ?? series.map(() => null);
      row[at] = y;
      rows.set(x, row);
    }
  });
  return {
    head: [texts.x, ...series.map(({ label }) => label)],
    rows: [...rows]
      .sort(([a], [b]) => a - b)
      .map(([x, values]) => [
        String(x),
        ...values.map((value) => (value === null ? '–' : texts.number(value))),
      ]),
  };
}
