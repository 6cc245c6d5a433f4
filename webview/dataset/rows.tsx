import type { JSX } from 'preact';
import { ListBox } from '../kit/listBox.tsx';
import { useControl, usePart, useWords } from './app.tsx';
import { useSought } from './found.tsx';
import { ListRow } from './row.tsx';
import { totalOf, unwritten } from './state.ts';

interface RowsProps {
  readonly initialScroll: number;
  readonly onScroll: (offset: number) => void;
}

/** The rows that the filter shows: a list of any length of which only those in sight exist. */
export function Rows({ initialScroll, onScroll }: RowsProps): JSX.Element {
  const total = usePart(totalOf);
  const rows = usePart((state) => state.rows);
  const at = usePart((state) => state.at);
  const cursor = usePart((state) => state.cursor);
  const marked = usePart((state) => state.marked);
  const drafts = usePart((state) => state.drafts);
  const words = useWords();
  const control = useControl();
  const typed = unwritten({ drafts });
  // A title is the question where there is one.
  const inTitle = useSought('question');
  const inId = useSought('id');
  return (
    <ListBox
      id="rows"
      class="rows"
      label={words.count('list', total)}
      total={total}
      at={at}
      follow={cursor}
      content={rows}
      busy={rows.size === 0}
      initialScroll={initialScroll}
      onScroll={onScroll}
      onSight={(from, to) => control.link.inSight(from, to)}
      row={(place, top) => {
        const row = rows.get(place);
        return (
          <ListRow
            key={place}
            place={place}
            top={top}
            row={row}
            total={total}
            current={place === at}
            marked={row !== undefined && marked.has(row.key)}
            anyMarked={marked.size > 0}
            typed={row !== undefined && typed.has(row.key)}
            inTitle={inTitle}
            inId={inId}
          />
        );
      }}
    />
  );
}
