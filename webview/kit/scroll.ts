import {
  lastOffset,
  offsetAt,
  ROW_HEIGHT,
  scrollAt,
  spaceOf,
  TALLEST,
  type Extent,
} from './ruler.ts';

/** A wheel moves less than this at once; the smallest drag of a shortened bar moves far more. */
const DRAGGED = 1000;

interface Scrolled {
  scrollTop: number;
  readonly clientHeight: number;
}

/**
 * Where a long list stands. Its scroll bar may be shorter than the list: then a small movement is one of as many pixels,
 * a large one (the bar is dragged) goes the same share of the way, and at rest the bar is put where it belongs.
 */
export class ScrollPlace {
  #offset = 0;
  /** The list's offset less the bar's. */
  #shift = 0;
  #seen = 0;

  /** How far into the list the first pixel in sight is. */
  get offset(): number {
    return this.#offset;
  }

  /** What is taken off a row's place so that it lies right in the shorter space. */
  get shift(): number {
    return this.#shift;
  }

  /** The bar has moved. */
  moved(scroller: Scrolled, total: number): void {
    const extent = extentOf(scroller, total);
    const { scrollTop } = scroller;
    const far = Math.abs(scrollTop - this.#seen) >= Math.max(DRAGGED, 2 * extent.height);
    this.#seen = scrollTop;
    if (isShort(total)) this.#shift = 0;
    else if (far) this.#shift = offsetAt(scrollTop, extent) - scrollTop;
    this.#offset = clamp(scrollTop + this.#shift, lastOffset(extent));
    const atEnd = scrollTop <= 0 || scrollTop >= spaceOf(total) - extent.height - 1;
    if (atEnd && this.#shift !== 0) this.rest(scroller, total);
  }

  /** Brings an offset into sight. */
  goTo(scroller: Scrolled, total: number, offset: number): void {
    this.#offset = clamp(offset, lastOffset(extentOf(scroller, total)));
    this.#shift = 0;
    this.rest(scroller, total);
  }

  /** Nothing moves: the bar goes where it belongs, and the rows stay where they are. Whether the shift changed. */
  rest(scroller: Scrolled, total: number): boolean {
    const before = this.#shift;
    const extent = extentOf(scroller, total);
    const place = Math.round(scrollAt(this.#offset, extent));
    if (Math.abs(place - scroller.scrollTop) >= 1) scroller.scrollTop = place;
    // The browser may round it to its own pixels.
    this.#seen = scroller.scrollTop;
    if (isShort(total)) {
      this.#shift = 0;
      this.#offset = this.#seen;
    } else this.#shift = this.#offset - this.#seen;
    return this.#shift !== before;
  }
}

/** The bar is as long as the list. */
const isShort = (total: number): boolean => total * ROW_HEIGHT <= TALLEST;

const extentOf = ({ clientHeight }: Scrolled, total: number): Extent => ({
  total,
  height: clientHeight,
});

const clamp = (offset: number, most: number): number => Math.max(0, Math.min(offset, most));
