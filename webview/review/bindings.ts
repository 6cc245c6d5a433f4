import type { ReviewTextKey } from '../../src/shared/reviewStrings.ts';
import { bindingsOf, keysFor, type KeyGroup } from '../kit/keyRows.ts';
import type { Action } from './actions.ts';

const { on, held, everywhere } = keysFor<Action>();

const CANDIDATES = [
  'candidate-1',
  'candidate-2',
  'candidate-3',
  'candidate-4',
  'candidate-5',
  'candidate-6',
  'candidate-7',
  'candidate-8',
  'candidate-9',
] as const;

/** All keys of the view, in the order of its key list; no decision lies on Enter, Backspace or Delete. */
export const KEY_GROUPS: readonly KeyGroup<Action, ReviewTextKey>[] = [
  {
    title: 'keys.move',
    rows: [
      { caps: ['j', '↓'], text: 'keys.next', bindings: held('next', 'j', 'arrowdown') },
      { caps: ['k', '↑'], text: 'keys.previous', bindings: held('previous', 'k', 'arrowup') },
      { caps: ['n'], text: 'keys.nextTodo', bindings: on('next-todo', 'n') },
      { caps: ['g g', 'Home'], text: 'keys.first', bindings: on('first', 'g g', 'home') },
      { caps: ['G', 'End'], text: 'keys.last', bindings: on('last', 'shift+g', 'end') },
      {
        caps: ['PgUp', 'PgDn'],
        text: 'keys.page',
        bindings: [...held('page-down', 'pagedown'), ...held('page-up', 'pageup')],
      },
      {
        caps: ['F6', 'Shift+F6'],
        text: 'keys.region',
        bindings: [
          ...everywhere('next-region', 'f6'),
          ...everywhere('previous-region', 'shift+f6'),
        ],
      },
    ],
  },
  {
    title: 'keys.decide',
    rows: [
      { caps: ['a'], text: 'keys.accept', bindings: on('accept', 'a') },
      { caps: ['x'], text: 'keys.reject', bindings: on('reject', 'x') },
      { caps: ['X'], text: 'keys.rejectReason', bindings: on('reject-reason', 'shift+x') },
      { caps: ['s'], text: 'keys.skip', bindings: on('skip', 's') },
      { caps: ['e'], text: 'keys.edit', bindings: on('edit', 'e') },
      { caps: ['w'], text: 'keys.write', bindings: on('write', 'w') },
      { caps: ['r'], text: 'keys.ask', bindings: on('ask', 'r') },
      {
        caps: ['Ctrl+Enter'],
        text: 'keys.save',
        bindings: everywhere('save-form', 'mod+enter'),
      },
      {
        caps: ['Esc'],
        text: 'keys.escape',
        bindings: everywhere('escape', 'escape'),
      },
      { caps: ['u', 'Ctrl+Z'], text: 'keys.undo', bindings: held('undo', 'u', 'mod+z') },
      {
        caps: ['U', 'Ctrl+Y'],
        text: 'keys.redo',
        bindings: held('redo', 'shift+u', 'mod+y', 'mod+shift+z'),
      },
    ],
  },
  {
    title: 'keys.texts',
    rows: [
      {
        caps: ['1', '…', '9'],
        text: 'keys.candidate',
        bindings: CANDIDATES.flatMap((action, index) => on(action, String(index + 1))),
      },
      { caps: ['c'], text: 'keys.onlyThis', bindings: on('only-this', 'c') },
      { caps: ['t'], text: 'keys.toggleCandidate', bindings: on('toggle-candidate', 't') },
      {
        caps: ['[', ']'],
        text: 'keys.attempt',
        bindings: [...held('previous-attempt', '['), ...held('next-attempt', ']')],
      },
      { caps: ['R'], text: 'keys.again', bindings: on('again', 'shift+r') },
      { caps: ['p'], text: 'keys.pair', bindings: on('pair', 'p') },
      { caps: ['P'], text: 'keys.pairOnly', bindings: on('pair-only', 'shift+p') },
      { caps: ['m'], text: 'keys.firstError', bindings: on('first-error', 'm') },
      { caps: ['d'], text: 'keys.mode', bindings: on('view-mode', 'd') },
      { caps: ['o'], text: 'keys.open', bindings: on('open-record', 'o') },
    ],
  },
  {
    title: 'keys.list',
    rows: [
      { caps: ['/'], text: 'keys.search', bindings: on('search', '/', 'mod+f') },
      { caps: ['f'], text: 'keys.filter', bindings: on('filter', 'f') },
      { caps: ['Space'], text: 'keys.mark', bindings: on('mark', 'space') },
      {
        caps: ['Shift+↑', 'Shift+↓'],
        text: 'keys.extend',
        bindings: [
          ...held('extend-down', 'shift+arrowdown', 'shift+j'),
          ...held('extend-up', 'shift+arrowup', 'shift+k'),
        ],
      },
      { caps: ['?'], text: 'keys.keys', bindings: on('keys', '?') },
    ],
  },
];

export const BINDINGS = bindingsOf(KEY_GROUPS);
