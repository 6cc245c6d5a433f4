import type { RowId } from '../../core/dataset/rowOrder.ts';
import type { Signal } from '../../core/ports.ts';
import { pacer } from '../review/pace.ts';
import { heldLine, type DocumentRows, type RowLine } from './documentRows.ts';
import { splitEnd, type StoredLines } from './storedLines.ts';

/** Read together with one call at most, and held at once. */
const MAX_SPAN = 1 << 20;

/**
 * Hands over the lines of some rows, one after the other: of rows that follow each other in a file many are read with
 * one call, and never more is held than a few of them. Others get their turn in between.
 */
export async function eachLine(
  rows: DocumentRows,
  ids: readonly RowId[],
  onLine: (id: RowId, line: RowLine) => void,
  signal?: Signal,
): Promise<void> {
  const pace = pacer(signal);
  const hand = async (id: RowId, line: RowLine): Promise<void> => {
    onLine(id, line);
    const turn = pace();
    if (turn !== undefined) await turn;
  };
  for (let index = 0; index < ids.length;) {
    const id = ids[index];
    if (id === undefined) return;
    const held = rows.held.get(id);
    if (held !== undefined) {
      await hand(id, heldLine(held));
      index += 1;
      continue;
    }
    const { store, line } = rows.placeOf(id);
    const count = together(rows, ids, index, store, line);
    if (count === 1) await hand(id, await rows.line(id));
    else {
      const first = store.index.startOf(line);
      const stop = store.index.startOf(line + count);
      const bytes = await store.using(() => store.bytes(first, stop));
      for (let more = 0; more < count; more += 1) {
        const from = store.index.startOf(line + more) - first;
        const to = store.index.startOf(line + more + 1) - first;
        await hand(ids[index + more] ?? id, rows.asLine(splitEnd(bytes.subarray(from, to))));
      }
    }
    index += count;
  }
}

/** How many of the rows from an index on stand in the store as they stand in the list, and are short enough. */
function together(
  rows: DocumentRows,
  ids: readonly RowId[],
  index: number,
  store: StoredLines,
  line: number,
): number {
  const first = store.index.startOf(line);
  for (let count = 1; ; count += 1) {
    const id = ids[index + count];
    if (id === undefined || rows.held.has(id) || store.lineOf(id) !== line + count) return count;
    if (store.index.startOf(line + count + 1) - first > MAX_SPAN) return count;
  }
}
