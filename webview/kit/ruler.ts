/** Every row of a long list is this high, in pixels. */
export const ROW_HEIGHT = 44;
const OVERSCAN = 4;

/** Browsers draw no element higher than some 16 million pixels right: a longer list has a shorter scroll bar. */
export const TALLEST = 8_000_000;
/** So far from either end the scroll bar moves the list pixel by pixel, however long it is. */
const EDGE = 1_000_000;

/** A list of rows, and how much of it the scroller shows; in pixels. */
export interface Extent {
  readonly total: number;
  readonly height: number;
}

interface Stretch {
  readonly first: number;
  /** Behind the last. */
  readonly end: number;
}

/** How high the element is that gives the scroll bar its length. */
export const spaceOf = (total: number): number => Math.min(total * ROW_HEIGHT, TALLEST);

/** The farthest that a list can be scrolled, by its own measure. */
export function lastOffset({ total, height }: Extent): number {
  return Math.max(0, total * ROW_HEIGHT - height);
}

/** How far into the list a place of the scroll bar is: the same number, where the whole list fits. */
export function offsetAt(scroll: number, extent: Extent): number {
  const { shorter, end, stretch } = measure(extent);
  if (shorter <= 0 || scroll <= EDGE) return scroll;
  return scroll >= end ? scroll + shorter : EDGE + (scroll - EDGE) * stretch;
}

/** The place of the scroll bar for an offset: the other way round. */
export function scrollAt(offset: number, extent: Extent): number {
  const { shorter, end, stretch } = measure(extent);
  if (shorter <= 0 || offset <= EDGE) return offset;
  return offset >= end + shorter ? offset - shorter : EDGE + (offset - EDGE) / stretch;
}

function measure({ total, height }: Extent) {
  const shorter = total * ROW_HEIGHT - TALLEST;
  const end = TALLEST - EDGE - height;
  return { shorter, end, stretch: (end + shorter - EDGE) / (end - EDGE) };
}

/** Which rows lie in sight, and a few on either side. */
export function stretchInSight(offset: number, height: number, total: number): Stretch {
  const first = Math.max(0, Math.floor(offset / ROW_HEIGHT) - OVERSCAN);
  const end = Math.min(total, Math.ceil((offset + height) / ROW_HEIGHT) + OVERSCAN);
  return { first: Math.min(first, Math.max(0, end)), end: Math.max(0, end) };
}

/** The offset at which a row is whole in sight; as little away as possible. */
export function offsetFor(at: number, offset: number, height: number): number {
  const top = at * ROW_HEIGHT;
  if (top < offset) return top;
  return top + ROW_HEIGHT > offset + height ? top + ROW_HEIGHT - height : offset;
}

/** How many rows a key for a page goes on in a list so high, in pixels: one stays in sight, to read on from. */
export const rowsPerPage = (height: number): number =>
  Math.max(1, Math.floor(height / ROW_HEIGHT) - 1);
