import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { offsetFor, ROW_HEIGHT, stretchInSight } from './ruler.ts';
import { ScrollPlace } from './scroll.ts';

const REST_MS = 150;

interface Sight {
  readonly first: number;
  /** Behind the last. */
  readonly end: number;
  readonly shift: number;
}

interface InSight {
  /** The places of a long list that exist as elements. */
  readonly places: readonly number[];
  /** Those in sight, and a few on either side: from the first up to before `end`. */
  readonly first: number;
  readonly end: number;
  /** What is taken off a row's place to draw it right. */
  readonly shift: number;
  /** Scrolls as little as possible so that a row is whole in sight. */
  readonly show: (at: number) => void;
}

/**
 * Which rows of a long list exist as elements: those in sight, and always the one under the cursor, which is what the
 * list points assistive technology at.
 */
export function useInSight(
  scroller: { readonly current: HTMLElement | null },
  { total, at }: { readonly total: number; readonly at: number },
  { initial, onScroll }: { readonly initial: number; readonly onScroll: (offset: number) => void },
): InSight {
  const [sight, setSight] = useState<Sight>(() => ({
    ...stretchInSight(initial, 400, total),
    shift: 0,
  }));
  const cursor = useRef(at);
  cursor.current = at;
  const place = useRef<ScrollPlace>(undefined);
  place.current ??= new ScrollPlace();
  const standing = place.current;
  const look = (current: HTMLElement): void => {
    const { first, end } = stretchInSight(standing.offset, current.clientHeight, total);
    const { shift } = standing;
    setSight((known) =>
      known.first === first && known.end === end && known.shift === shift
        ? known
        : { first, end, shift },
    );
  };
  const goTo = (current: HTMLElement, offset: number): void => {
    standing.goTo(current, total, offset);
    look(current);
  };
  useLayoutEffect(() => {
    const { current } = scroller;
    if (!current) return;
    let resting: ReturnType<typeof setTimeout> | undefined;
    const onScrolled = (): void => {
      standing.moved(current, total);
      look(current);
      onScroll(standing.offset);
      clearTimeout(resting);
      resting = setTimeout(() => {
        if (standing.rest(current, total)) look(current);
      }, REST_MS);
    };
    current.addEventListener('scroll', onScrolled, { passive: true });
    let height = current.clientHeight;
    const sizes = new ResizeObserver(() => {
      // A list that becomes lower does not lose the row that the person is at.
      const top = cursor.current * ROW_HEIGHT - standing.offset;
      const seen = cursor.current >= 0 && top >= 0 && top + ROW_HEIGHT <= height;
      height = current.clientHeight;
      if (seen) goTo(current, offsetFor(cursor.current, standing.offset, height));
      else look(current);
    });
    sizes.observe(current);
    goTo(current, standing.offset);
    return () => {
      clearTimeout(resting);
      current.removeEventListener('scroll', onScrolled);
      sizes.disconnect();
    };
  }, [total]);
  useLayoutEffect(() => {
    if (scroller.current && initial > 0) goTo(scroller.current, initial);
  }, []);
  const end = Math.min(sight.end, total);
  const first = Math.min(sight.first, end);
  return {
    places: placesOf({ first, end }, at, total),
    first,
    end,
    shift: sight.shift,
    show: (shown) => {
      const { current } = scroller;
      if (!current) return;
      const offset = offsetFor(shown, standing.offset, current.clientHeight);
      if (offset !== standing.offset) goTo(current, offset);
    },
  };
}

function placesOf(
  { first, end }: { readonly first: number; readonly end: number },
  at: number,
  total: number,
): number[] {
  const places: number[] = [];
  if (at >= 0 && at < first) places.push(at);
  for (let place = first; place < end; place += 1) places.push(place);
  if (at >= end && at < total) places.push(at);
  return places;
}
