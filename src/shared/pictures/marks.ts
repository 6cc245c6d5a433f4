import {
  symbol,
  symbolCircle,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  type SymbolType,
} from 'd3-shape';
import { shape, type SvgElement } from './svg.ts';

/** What a set is drawn as: its shape tells what role it has, without any colour. */
export interface MarkLook {
  readonly type: SymbolType;
  readonly open: boolean;
}

export const DEV_MARK: MarkLook = { type: symbolCircle, open: false };
export const TRAIN_MARK: MarkLook = { type: symbolSquare, open: false };
export const TEST_MARK: MarkLook = { type: symbolTriangle, open: false };
/** Of extra sets, in their order. */
export const EXTRA_MARKS: readonly MarkLook[] = [
  { type: symbolDiamond, open: true },
  { type: symbolCircle, open: true },
  { type: symbolStar, open: true },
];

const AREA = 58;

/** A mark at a place. */
export function mark(
  { type, open }: MarkLook,
  x: number,
  y: number,
  ink: { readonly stroke: string; readonly page: string },
): SvgElement {
  const path = symbol(type, AREA).digits(2)() ?? '';
  return shape('path', {
    d: path,
    transform: `translate(${Math.round(x * 100) / 100} ${Math.round(y * 100) / 100})`,
    fill: open ? ink.page : ink.stroke,
    stroke: ink.stroke,
    'stroke-width': 1.6,
  });
}
