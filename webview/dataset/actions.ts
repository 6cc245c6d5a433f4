import { datasetCommandSchema } from '../../src/shared/datasetContract.ts';

/** What a key, a palette command or a button asks for. */
export const ACTIONS = [
  ...datasetCommandSchema.options,
  'next',
  'previous',
  'page-down',
  'page-up',
  'first',
  'last',
  'extend-down',
  'extend-up',
  'extend-first',
  'extend-last',
  'mark',
  'mark-all',
  'edit',
  'add-field',
  /** In a text the next or previous one; elsewhere the rows move. */
  'down-or-move',
  'up-or-move',
  'move-to',
  'go-to-line',
  'write',
  'escape',
  'next-region',
  'previous-region',
] as const;
export type Action = (typeof ACTIONS)[number];

/** Actions that are about no row: they never wait for one that is on its way. */
export const AT_ONCE: ReadonlySet<Action> = new Set<Action>([
  'search',
  'keys',
  'escape',
  'write',
  'next-region',
  'previous-region',
]);

/** Actions whose keys mean the rows of the list, wherever else they may mean something. */
export const ROW_KEYS: ReadonlySet<Action> = new Set<Action>([
  'remove',
  'duplicate',
  'mark',
  'mark-all',
]);
