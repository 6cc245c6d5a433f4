import { scaleLinear, type ScaleLinear } from 'd3-scale';
import type { Ink } from './ink.ts';
import { shape, TEXT_SIZE, words, type SvgElement } from './svg.ts';

/** From a value to pixels, with ticks at round values. */
export type Scale = ScaleLinear<number, number>;

/** The rectangle that values are drawn in. */
export interface Place {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A scale whose ends are round numbers, also where all values are one. */
export function niceScale(
  [low, high]: readonly [number, number],
  range: readonly [number, number],
  ticks: number,
): Scale {
  const pad = low === high ? Math.max(Math.abs(low) * 0.1, 1e-9) : 0;
  return scaleLinear()
    .domain([low - pad, high + pad])
    .nice(ticks)
    .range([...range]);
}

/** Lines across the picture at round values, and their numbers left of it. */
export function sideAxis(
  scale: Scale,
  place: Place,
  ink: Ink,
  { ticks, say }: { readonly ticks: number; readonly say: (value: number) => string },
): SvgElement[] {
  return scale.ticks(ticks).flatMap((value) => {
    const y = scale(value);
    return [
      shape('line', { x1: place.left, x2: place.right, y1: y, y2: y, stroke: ink.grid }),
      words(say(value), {
        x: place.left - 6,
        y: y + TEXT_SIZE * 0.36,
        'text-anchor': 'end',
        fill: ink.muted,
      }),
    ];
  });
}

/** Numbers below the picture and what they count. */
export function footAxis(
  values: readonly { readonly at: number; readonly text: string }[],
  place: Place,
  ink: Ink,
  title: string,
): SvgElement[] {
  const { left, right, bottom } = place;
  return [
    shape('line', { x1: left, x2: right, y1: bottom, y2: bottom, stroke: ink.muted }),
    ...values.flatMap(({ at, text }) => [
      shape('line', { x1: at, x2: at, y1: bottom, y2: bottom + 4, stroke: ink.muted }),
      words(text, { x: at, y: bottom + 16, 'text-anchor': 'middle', fill: ink.muted }),
    ]),
    words(title, { x: right, y: bottom + 31, 'text-anchor': 'end', fill: ink.muted }),
  ];
}
