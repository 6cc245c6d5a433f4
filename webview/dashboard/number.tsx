import type { JSX } from 'preact';
import type { ListName } from '../../src/shared/dashboardContract.ts';
import { listTitle } from '../../src/shared/listTitle.ts';
import { useBoard } from './context.ts';
import { useBoardWords } from './words.ts';

interface NumberProps {
  readonly value: number;
  readonly list: ListName;
  /** The words that stand beside the number, where they are part of what is pressed. */
  readonly text?: string;
}

/** A number that opens the list of questions behind it; behind none there is no list. */
export function NumberButton({ value, list, text }: NumberProps): JSX.Element {
  const board = useBoard();
  const words = useBoardWords();
  const shown = text === undefined ? words.count(value) : `${words.count(value)} ${text}`;
  if (value === 0) return <span class="number-none">{shown}</span>;
  const open = sameList(board.look.value.list, list);
  return (
    <button
      type="button"
      class="number"
      data-list={JSON.stringify(list)}
      aria-label={`${words.count(value)}: ${listTitle(list, words)}`}
      aria-expanded={open}
      title={listTitle(list, words)}
      onClick={() => {
        if (open) board.closeList();
        else void board.openList(list);
      }}
    >
      {shown}
    </button>
  );
}

function sameList(a: ListName | null, b: ListName): boolean {
  return a !== null && JSON.stringify(a) === JSON.stringify(b);
}
