import { scaleLinear } from 'd3-scale';
import type { Ink } from './ink.ts';
import { drawing, type Frame, type Picture } from './picture.ts';
import { rounded, shape, textWidth, TEXT_SIZE, words, type SvgElement } from './svg.ts';

/** How a bar is filled: lines that rise, fall or cross, so that no colour is needed to tell bars apart. */
export type Hatch = 'full' | 'rise' | 'fall' | 'cross' | 'empty';

/** A bar; a colour is a meaning or the place of a series. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Words that stand where the number would, because it is not known. */
  readonly instead?: string;
  readonly hatch: Hatch;
  readonly colour: 'good' | 'bad' | 0 | 1 | 2 | 3;
}

/** The place of bars, and their words in the reader's language. */
export interface BarsOptions extends Frame {
  /** Of how many, for the shares in the table. */
  readonly of: number;
  readonly texts: {
    readonly count: (value: number) => string;
    readonly percent: (share: number) => string;
    /** Column heads: what the bars are, their number, their share. */
    readonly head: readonly [string, string, string];
    readonly sentence: (parts: string) => string;
  };
  /** False: the bars alone, where a page puts names and numbers beside them. */
  readonly named?: boolean;
}

/** Of one bar with its space, in pixels; a page that puts names beside the bars makes its rows as high. */
export const BAR_ROW = 28;
const THICK = 16;
const STEP = 6;

/** Numbers as bars below each other, on one scale that begins at 0. */
export function barsPicture(bars: readonly Bar[], options: BarsOptions): Picture {
  const { ink, texts, of, named = true } = options;
  const numbers = bars.map(({ value, instead }) => instead ?? texts.count(value));
  const left = named ? Math.max(0, ...bars.map(({ label }) => textWidth(label))) + 10 : 0;
  const right = named ? Math.max(0, ...numbers.map((text) => textWidth(text))) + 10 : 1;
  const width = Math.max(options.width, left + right + 40);
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const x = scaleLinear()
    .domain([0, most])
    .range([left, width - right]);
  const children = bars.flatMap(({ label, value, hatch, colour }, row): SvgElement[] => {
    const y = row * BAR_ROW + (BAR_ROW - THICK) / 2;
    const middle = row * BAR_ROW + BAR_ROW / 2 + TEXT_SIZE * 0.36;
    // One question of ten thousand is seen as one.
    const end = value === 0 ? left : Math.max(x(value), left + 2);
    const bar = bandOf(
      { left, right: end, top: y, bottom: y + THICK },
      hatch,
      colourOf(ink, colour),
      ink,
    );
    const base = shape('line', {
      x1: left,
      x2: left,
      y1: row * BAR_ROW,
      y2: (row + 1) * BAR_ROW,
      stroke: ink.muted,
    });
    if (!named) return [...bar, base];
    return [
      words(label, { x: left - 8, y: middle, 'text-anchor': 'end', fill: ink.text }),
      ...bar,
      base,
      words(numbers[row] ?? '', { x: end + 6, y: middle, fill: ink.text }),
    ];
  });
  const share = ({ value, instead }: Bar): string =>
    of === 0 || instead !== undefined ? '–' : texts.percent(value / of);
  return {
    svg: drawing({ width, ink }, bars.length * BAR_ROW, children),
    sentence: texts.sentence(
      bars.map(({ label }, at) => `${label} ${numbers[at] ?? ''}`).join(', '),
    ),
    table: {
      head: texts.head,
      rows: bars.map((bar, at) => [bar.label, numbers[at] ?? '', share(bar)]),
    },
  };
}

function colourOf(ink: Ink, colour: Bar['colour']): string {
  return typeof colour === 'number' ? ink.series[colour] : ink[colour];
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function bandOf(box: Box, hatch: Hatch, colour: string, ink: Ink): SvgElement[] {
  const { left, right, top, bottom } = box;
  if (right <= left) return [];
  const d = hatching(box, hatch);
  return [
    shape('rect', {
      x: left,
      y: top,
      width: right - left,
      height: bottom - top,
      fill: hatch === 'full' ? colour : ink.page,
      stroke: colour,
      'stroke-width': 1.5,
    }),
    ...(d === '' ? [] : [shape('path', { d, stroke: colour, 'stroke-width': 1.5 })]),
  ];
}

/** The lines of a hatching, cut off at the box. They start from the same raster in every box. */
export function hatching({ left, right, top, bottom }: Box, hatch: Hatch): string {
  const high = bottom - top;
  const cut = (value: number): number => Math.min(right, Math.max(left, value));
  let path = '';
  for (let at = left - high + STEP; at < right; at += STEP) {
    // A line at 45° from (at, one edge) to (at + high, the other), of which the part inside the box is kept.
    const [from, to] = [cut(at), cut(at + high)];
    if (to <= from) continue;
    const [a, b] = [from - at, to - at];
    if (hatch === 'rise' || hatch === 'cross') {
      path += `M${rounded(from)} ${rounded(bottom - a)}L${rounded(to)} ${rounded(bottom - b)}`;
    }
    if (hatch === 'fall' || hatch === 'cross') {
      path += `M${rounded(from)} ${rounded(top + a)}L${rounded(to)} ${rounded(top + b)}`;
    }
  }
  return path;
}
