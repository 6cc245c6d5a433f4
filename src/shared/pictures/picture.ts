import type { Ink } from './ink.ts';
import { rounded, shape, type SvgElement } from './svg.ts';

/** The numbers of a picture as rows; the first column names the row. */
export interface PictureTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A picture, the sentence that says what it shows, and its numbers. None of them is shown without the others at hand. */
export interface Picture {
  readonly svg: SvgElement;
  readonly sentence: string;
  readonly table: PictureTable;
}

export interface Frame {
  /** Pixels; a picture is drawn for its place and never scaled, so that its text stays readable. */
  readonly width: number;
  readonly ink: Ink;
}

/** The whole of a picture. */
export function drawing(
  { width, ink }: Frame,
  height: number,
  children: readonly SvgElement[],
): SvgElement {
  return shape(
    'svg',
    {
      width,
      height,
      viewBox: `0 0 ${rounded(width)} ${rounded(height)}`,
      'font-family': ink.font,
      'font-size': 11,
      fill: 'none',
    },
    children,
  );
}

/** The same picture for a file: with a ground, a margin and its title. */
export function asFile(svg: SvgElement, title: string, sentence: string, ink: Ink): SvgElement {
  const margin = 16;
  const head = 28;
  const width = Number(svg.attributes['width'] ?? 0) + 2 * margin;
  const height = Number(svg.attributes['height'] ?? 0) + 2 * margin + head;
  return shape(
    'svg',
    {
      ...svg.attributes,
      width,
      height,
      viewBox: `0 0 ${rounded(width)} ${rounded(height)}`,
      role: 'img',
      'aria-label': `${title}. ${sentence}`,
    },
    [
      shape('rect', { x: 0, y: 0, width, height, fill: ink.page }),
      {
        ...shape('text', {
          x: margin,
          y: margin + 12,
          fill: ink.text,
          'font-size': 14,
          'font-weight': 600,
        }),
        text: title,
      },
      shape('g', { transform: `translate(${margin} ${margin + head})` }, svg.children),
    ],
  );
}
