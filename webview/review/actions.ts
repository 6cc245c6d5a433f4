import { VIEW_COMMANDS } from '../../src/shared/viewCommand.ts';

/** What a key, a palette command or a button asks for. */
export const ACTIONS = [
  ...VIEW_COMMANDS,
  'page-down',
  'page-up',
  'extend-down',
  'extend-up',
  'candidate-1',
  'candidate-2',
  'candidate-3',
  'candidate-4',
  'candidate-5',
  'candidate-6',
  'candidate-7',
  'candidate-8',
  'candidate-9',
  'escape',
  'save-form',
  'next-region',
  'previous-region',
] as const;
export type Action = (typeof ACTIONS)[number];

/** Actions about the item on screen: they wait until it is there. */
export const ABOUT_SHOWN: ReadonlySet<Action> = new Set<Action>([
  'accept',
  'reject',
  'reject-reason',
  'edit',
  'write',
  'ask',
  'again',
  'opinion',
  'only-this',
  'toggle-candidate',
  'next-candidate',
  'previous-candidate',
  'candidate-1',
  'candidate-2',
  'candidate-3',
  'candidate-4',
  'candidate-5',
  'candidate-6',
  'candidate-7',
  'candidate-8',
  'candidate-9',
  'next-attempt',
  'previous-attempt',
  'pair',
  'pair-only',
  'first-error',
  'fix-gold',
  'fix-question',
  'confirm-gold',
  'verdict',
  'compare',
  'open-record',
]);

/** Actions that have nothing to do with an item: they never wait. */
export const AT_ONCE: ReadonlySet<Action> = new Set<Action>([
  'search',
  'filter',
  'keys',
  'escape',
  'view-mode',
  'next-region',
  'previous-region',
]);
