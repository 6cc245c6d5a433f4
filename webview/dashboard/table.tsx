import type { ComponentChildren, JSX } from 'preact';
import type { DashboardText } from '../../src/shared/dashboardStrings.ts';
import { useBoardWords } from './words.ts';

/** A column by its heading; `words`: it holds words, which start where a line does, and no numbers. */
export interface Column {
  readonly head: DashboardText;
  readonly words?: true;
}

interface TableProps {
  readonly title: string;
  readonly columns: readonly Column[];
  /** The title stands above the table, too, where no heading of the board says it already. */
  readonly titled?: boolean;
  /** The table's bodies. */
  readonly children: ComponentChildren;
}

/** A table of the board. One that is wider than a narrow page scrolls by itself, by keys, too. */
export function Table({ title, columns, titled = false, children }: TableProps): JSX.Element {
  const words = useBoardWords();
  return (
    <div class="table-box" tabIndex={0} role="group" aria-label={title}>
      <table class="numbers">
        <caption class={titled ? 'muted' : 'only-read'}>{title}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.head} scope="col" class={column.words ? 'words-cell' : undefined}>
                {words(column.head)}
              </th>
            ))}
          </tr>
        </thead>
        {children}
      </table>
    </div>
  );
}
