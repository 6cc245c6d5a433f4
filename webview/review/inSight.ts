import { useLayoutEffect, useState } from 'preact/hooks';

export const ROW_HEIGHT = 44;
const OVERSCAN = 4;

interface Stretch {
  readonly first: number;
  /** Behind the last. */
  readonly end: number;
}

/** Which rows of equal height lie in sight of a scroller, and a few on either side. */
export function stretchInSight(scroll: number, height: number, total: number): Stretch {
  const first = Math.max(0, Math.floor(scroll / ROW_HEIGHT) - OVERSCAN);
  const end = Math.min(total, Math.ceil((scroll + height) / ROW_HEIGHT) + OVERSCAN);
  return { first: Math.min(first, Math.max(0, end)), end: Math.max(0, end) };
}

/** Where to scroll so that a row is whole in sight; as little as possible. */
export function scrollFor(at: number, scroll: number, height: number): number {
  const top = at * ROW_HEIGHT;
  if (top < scroll) return top;
  return top + ROW_HEIGHT > scroll + height ? top + ROW_HEIGHT - height : scroll;
}

/**
 * The places of a long list that exist as elements: those in sight, and always the one under the cursor, which is what
 * the list points assistive technology at.
 */
export function useInSight(
  scroller: { readonly current: HTMLElement | null },
  { total, at }: { readonly total: number; readonly at: number },
  { initial, onScroll }: { readonly initial: number; readonly onScroll: (offset: number) => void },
): readonly number[] {
  const [{ first, end }, setStretch] = useState<Stretch>(() => stretchInSight(initial, 400, total));
  useLayoutEffect(() => {
    const { current } = scroller;
    if (!current) return;
    const look = (): void => {
      const next = stretchInSight(current.scrollTop, current.clientHeight, total);
      setStretch((known) => (known.first === next.first && known.end === next.end ? known : next));
    };
    const onScrolled = (): void => {
      look();
      onScroll(current.scrollTop);
    };
    current.addEventListener('scroll', onScrolled, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(current);
    look();
    return () => {
      current.removeEventListener('scroll', onScrolled);
      sizes.disconnect();
    };
  }, [total]);
  useLayoutEffect(() => {
    if (scroller.current && initial > 0) scroller.current.scrollTop = initial;
  }, []);
  const places: number[] = [];
  if (at >= 0 && at < Math.min(first, total)) places.push(at);
  for (let place = first; place < Math.min(end, total); place += 1) places.push(place);
  if (at >= end && at < total) places.push(at);
  return places;
}
