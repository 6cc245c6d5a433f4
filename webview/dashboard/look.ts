import { listNameSchema, type ListName } from '../../src/shared/dashboardContract.ts';
import { readLook, type Look } from '../training/store.ts';

/** What the page keeps while it is hidden: how it is looked at, never what it shows. */
export interface BoardLook extends Look {
  /** The list that is open. */
  readonly list: ListName | null;
}

/** What was kept, or the first look where that is not ours. */
export function readBoardLook(kept: unknown): BoardLook {
  const list = typeof kept === 'object' && kept !== null && 'list' in kept ? kept.list : null;
  const parsed = listNameSchema.safeParse(list);
  return { ...readLook(kept), list: parsed.success ? parsed.data : null };
}
