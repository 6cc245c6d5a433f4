import type { Ink } from './ink.ts';
import { rounded, shape, words, wrapped, type SvgElement } from './svg.ts';

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

/** What a picture is drawn for. */
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

/** The words around a picture that stands alone. */
export interface FileTexts {
  readonly title: string;
  readonly sentence: string;
  /** Below the picture: what it is of, which who sees it alone could not know. */
  readonly note?: string | undefined;
}

const MARGIN = 16;
const HEAD = 28;
const LINE = 16;

/** The same picture for a file: with a ground, a margin, its title and its note. */
export function asFile(
  svg: SvgElement,
  { title, sentence, note = '' }: FileTexts,
  ink: Ink,
): SvgElement {
  const inner = Number(svg.attributes['width'] ?? 0);
  const high = Number(svg.attributes['height'] ?? 0);
  const lines = note === '' ? [] : wrapped(note, inner);
  const width = inner + 2 * MARGIN;
  const below = lines.length === 0 ? 0 : lines.length * LINE + 10;
  const height = high + 2 * MARGIN + HEAD + below;
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
      words(title, {
        x: MARGIN,
        y: MARGIN + 12,
        fill: ink.text,
        'font-size': 14,
        'font-weight': 600,
      }),
      shape('g', { transform: `translate(${MARGIN} ${MARGIN + HEAD})` }, svg.children),
      ...lines.map((line, at) =>
        words(line, {
          x: MARGIN,
          y: MARGIN + HEAD + high + 10 + LINE * (at + 0.75),
          fill: ink.muted,
        }),
      ),
    ],
  );
}
