import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useControl, usePart, useTexts } from './app.tsx';
import { ROW_HEIGHT, scrollFor, useInSight } from './inSight.ts';
import { QueueRow } from './row.tsx';

interface QueueProps {
  readonly initialScroll: number;
  readonly onScroll: (offset: number) => void;
}

/** The queue: a list of any length of which only the rows in sight exist. */
export function Queue({ initialScroll, onScroll }: QueueProps): JSX.Element {
  const total = usePart((state) => state.list.total);
  const rows = usePart((state) => state.list.rows);
  const loading = usePart((state) => state.list.loading);
  const at = usePart((state) => state.at);
  const selected = usePart((state) => state.selected);
  const marked = usePart((state) => state.marked);
  const notices = usePart((state) => state.notices);
  const pending = usePart((state) => state.pending);
  const t = useTexts();
  const control = useControl();
  const scroller = useRef<HTMLDivElement>(null);
  const scrolled = { initial: initialScroll, onScroll };
  const places = useInSight(scroller, { total, at }, scrolled);
  const [first, last] = [places[0] ?? 0, places.at(-1) ?? 0];

  useLayoutEffect(() => {
    const { current } = scroller;
    if (at < 0 || !current) return;
    current.scrollTop = scrollFor(at, current.scrollTop, current.clientHeight);
  }, [at, total, selected]);
  useLayoutEffect(() => {
    // The cursor's row may lie far from those in sight: what is between is not asked for.
    const inSight = places.filter((place) => place !== at || places.includes(place + 1));
    if (total > 0) void control.link.need(inSight[0] ?? 0, (inSight.at(-1) ?? -1) + 1);
  }, [first, last, total, rows]);

  const activeRow = places.includes(at) ? `row-${at}` : undefined;
  return (
    <div
      class="queue"
      id="queue"
      ref={scroller}
      role="listbox"
      tabIndex={0}
      data-region="list"
      aria-label={t('queue', { n: total })}
      aria-multiselectable="true"
      aria-busy={loading}
      aria-activedescendant={activeRow}
    >
      <div class="queue-space" role="presentation" style={{ height: `${total * ROW_HEIGHT}px` }}>
        {places.map((index) => (
          <QueueRow
            key={index}
            place={index}
            top={index * ROW_HEIGHT}
            row={rows.get(index)}
            total={total}
            current={index === at}
            marked={isIn(marked, rows.get(index)?.id)}
            anyMarked={marked.size > 0}
            pending={pending.has(rows.get(index)?.id ?? '')}
            notice={notices.get(rows.get(index)?.id ?? '')}
          />
        ))}
      </div>
    </div>
  );
}

const isIn = (set: ReadonlySet<string>, id: string | undefined): boolean =>
  id !== undefined && set.has(id);
