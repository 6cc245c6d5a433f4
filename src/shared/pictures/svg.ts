import { asMarkup } from '../markup.ts';

/** Shapes that pictures are made of; few enough that a canvas can be drawn from them, too. */
export type SvgTag = 'svg' | 'g' | 'line' | 'path' | 'circle' | 'rect' | 'text';

/** A piece of a picture: plain data, which a page, a report and a canvas each draw in their own way. */
export interface SvgElement {
  readonly tag: SvgTag;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly SvgElement[];
  /** Of a `text` only. */
  readonly text?: string;
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** A piece with the attributes that are there; numbers are rounded to what an eye can tell apart. */
export function shape(
  tag: SvgTag,
  attributes: Attributes,
  children: readonly SvgElement[] = [],
): SvgElement {
  const kept: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) kept[name] = typeof value === 'number' ? rounded(value) : value;
  }
  return { tag, attributes: kept, children };
}

/** Words at a place; `anchor` says which end of them stands there. */
export function words(text: string, attributes: Attributes): SvgElement {
  return { ...shape('text', attributes), text };
}

export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The smallest text in a picture, in pixels. */
export const TEXT_SIZE = 11;

/** About how wide a text is drawn; fonts differ, so it errs on the wide side. */
export function textWidth(text: string, size: number = TEXT_SIZE): number {
  return text.length * size * 0.6;
}

/** Shortens a text that would not fit. */
export function fitted(text: string, width: number, size: number = TEXT_SIZE): string {
  if (textWidth(text, size) <= width) return text;
  const most = Math.max(1, Math.floor(width / (size * 0.6)) - 1);
  return `${Array.from(text).slice(0, most).join('')}…`;
}

/** A text in lines that are no wider than this, as far as its words are not. */
export function wrapped(text: string, width: number, size: number = TEXT_SIZE): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, size) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}

/** A picture as a file or as part of one. Data in it stays data: whatever could be markup is written out. */
export function svgText(picture: SvgElement): string {
  const { tag, attributes, children, text } = picture;
  const named = tag === 'svg' ? { xmlns: 'http://www.w3.org/2000/svg', ...attributes } : attributes;
  const list = Object.entries(named)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('');
  const inner = text === undefined ? children.map(svgText).join('') : escaped(text);
  return inner === '' ? `<${tag}${list}/>` : `<${tag}${list}>${inner}</${tag}>`;
}

/** Characters that XML does not allow at all, whatever they are written as. */
const RANGES = ['\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f', '\\ufffe\\uffff\\p{Surrogate}'];
const FORBIDDEN = new RegExp(`[${RANGES.join('')}]`, 'gu');

function escaped(text: string): string {
  return asMarkup(text.replace(FORBIDDEN, '\ufffd'));
}
