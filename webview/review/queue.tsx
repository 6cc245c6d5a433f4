import type { JSX } from 'preact';
import { ListBox } from '../kit/listBox.tsx';
import { useControl, usePart, useTexts } from './app.tsx';
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
  return (
    <ListBox
      id="queue"
      class="queue"
      label={t('queue', { n: total })}
      total={total}
      at={at}
      follow={selected}
      content={rows}
      busy={loading}
      initialScroll={initialScroll}
      onScroll={onScroll}
      onSight={(from, to) => void control.link.need(from, to)}
      row={(index, top) => (
        <QueueRow
          key={index}
          place={index}
          top={top}
          row={rows.get(index)}
          total={total}
          current={index === at}
          marked={isIn(marked, rows.get(index)?.id)}
          anyMarked={marked.size > 0}
          pending={pending.has(rows.get(index)?.id ?? '')}
          notice={notices.get(rows.get(index)?.id ?? '')}
        />
      )}
    />
  );
}

const isIn = (set: ReadonlySet<string>, id: string | undefined): boolean =>
  id !== undefined && set.has(id);
