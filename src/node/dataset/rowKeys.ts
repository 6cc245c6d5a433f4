import type { RowId } from '../../core/dataset/rowOrder.ts';
import type { RowKey } from '../../shared/datasetContract.ts';

/** More rows than any file has, and few enough that a thousand readings' keys are exact numbers. */
const ROWS = 1e12;

/**
 * The name of a row in the contract. A file that is read anew begins to count again, and what stands on a line may be
 * another row: its keys say which reading they are of, so that none of an older one means a row of now.
 */
export function keyOf(id: RowId, reading: number): RowKey {
  const [letter, number] = id >= 0 ? ['o', id] : ['n', -1 - id];
  return `${letter}${reading * ROWS + number}`;
}

/** The row that a key names; null where it is of another reading. */
export function idOfKey(key: RowKey, reading: number): RowId | null {
  const number = Number(key.slice(1)) - reading * ROWS;
  if (!(number >= 0 && number < ROWS)) return null;
  return key.startsWith('o') ? number : -1 - number;
}
