import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useInSight } from './inSight.ts';
import { ROW_HEIGHT, spaceOf } from './ruler.ts';

interface ListBoxProps {
  /** Rows are `row-<place>`. */
  readonly id: string;
  readonly label: string;
  readonly class: string;
  readonly total: number;
  /** The place under the cursor, -1 for none. */
  readonly at: number;
  /** The cursor's row comes into sight again when this becomes another. */
  readonly follow: unknown;
  /** The rows at hand; when they change, what is missing in sight is asked for. */
  readonly content: unknown;
  readonly busy: boolean;
  readonly initialScroll: number;
  readonly onScroll: (offset: number) => void;
  /** Rows from a place up to before another are in sight. */
  readonly onSight: (from: number, to: number) => void;
  readonly row: (place: number, top: number) => JSX.Element;
}

/** Where a row stands in a list box, and what is chosen there. */
export interface OptionPlace {
  readonly place: number;
  /** Pixels from the top of the list's drawn space. */
  readonly top: number;
  readonly total: number;
  readonly current: boolean;
  readonly marked: boolean;
  /** Some row of the list is marked: then the marked ones are chosen, else the one under the cursor. */
  readonly anyMarked: boolean;
}

/** What makes an element a row of the list box. */
export const optionAt = ({ place, top, total, current, marked, anyMarked }: OptionPlace) => ({
  id: `row-${place}`,
  role: 'option' as const,
  style: { transform: `translateY(${top}px)` },
  'aria-setsize': total,
  'aria-posinset': place + 1,
  'aria-selected': anyMarked ? marked : current,
});

/** A list of any length of which only the rows in sight exist; its one tab stop is the whole list. */
export function ListBox(props: ListBoxProps): JSX.Element {
  const { id, label, total, at, follow, content, busy, onSight, row } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const scrolled = { initial: props.initialScroll, onScroll: props.onScroll };
  const { places, first, end, shift, show } = useInSight(scroller, { total, at }, scrolled);

  useLayoutEffect(() => {
    if (at >= 0) show(at);
  }, [at, total, follow]);
  useLayoutEffect(() => {
    if (total > 0) onSight(first, end);
  }, [first, end, total, content]);

  return (
    <div
      class={`long-list ${props.class}`}
      id={id}
      ref={scroller}
      role="listbox"
      tabIndex={0}
      data-region="list"
      aria-label={label}
      aria-multiselectable="true"
      aria-busy={busy}
      aria-activedescendant={places.includes(at) ? `row-${at}` : undefined}
    >
      <div class="long-list-space" role="presentation" style={{ height: `${spaceOf(total)}px` }}>
        {places.map((place) => row(place, place * ROW_HEIGHT - shift))}
      </div>
    </div>
  );
}
