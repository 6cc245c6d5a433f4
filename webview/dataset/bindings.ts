import type { DatasetText } from '../../src/shared/datasetStrings.ts';
import { bindingsOf, keysFor, type KeyGroup } from '../kit/keyRows.ts';
import type { Action } from './actions.ts';

const { on, held, everywhere } = keysFor<Action>();

/**
 * All keys of the view, in the order of its key list. Undo and redo are not among them: outside of texts they are the
 * editor's own. Nothing lies on Backspace.
 */
export const KEY_GROUPS: readonly KeyGroup<Action, DatasetText>[] = [
  {
    title: 'keys.move',
    rows: [
      { caps: ['j', '↓'], text: 'keys.next', bindings: held('next', 'j', 'arrowdown') },
      { caps: ['k', '↑'], text: 'keys.previous', bindings: held('previous', 'k', 'arrowup') },
      {
        caps: ['n', 'N'],
        text: 'keys.problem',
        bindings: [...on('next-problem', 'n'), ...on('previous-problem', 'shift+n')],
      },
      { caps: ['g g', 'Home'], text: 'keys.first', bindings: on('first', 'g g', 'home') },
      { caps: ['G', 'End'], text: 'keys.last', bindings: on('last', 'shift+g', 'end') },
      {
        caps: ['PgUp', 'PgDn'],
        text: 'keys.page',
        bindings: [...held('page-down', 'pagedown'), ...held('page-up', 'pageup')],
      },
      { caps: ['l', 'Ctrl+G'], text: 'keys.line', bindings: on('go-to-line', 'l', 'mod+g') },
      { caps: ['/'], text: 'keys.search', bindings: on('search', '/', 'mod+f') },
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
    title: 'keys.record',
    rows: [
      { caps: ['Enter', 'e'], text: 'keys.edit', bindings: on('edit', 'enter', 'e') },
      {
        caps: ['Alt+↓', 'Alt+↑'],
        text: 'keys.fields',
        bindings: [],
      },
      { caps: ['Ctrl+Enter'], text: 'keys.write', bindings: [] },
      { caps: ['Esc'], text: 'keys.escape', bindings: everywhere('escape', 'escape') },
      { caps: ['a'], text: 'keys.addField', bindings: on('add-field', 'a') },
      { caps: ['o'], text: 'keys.open', bindings: on('open-text', 'o') },
      { caps: ['r'], text: 'keys.review', bindings: on('open-review', 'r') },
      {
        caps: ['Ctrl+Z', 'Ctrl+Y'],
        text: 'keys.undo',
        bindings: [],
      },
      { caps: ['Ctrl+S'], text: 'keys.save', bindings: everywhere('write', 'mod+s') },
    ],
  },
  {
    title: 'keys.rows',
    rows: [
      { caps: ['Insert', 'i'], text: 'keys.insert', bindings: on('insert', 'insert', 'i') },
      { caps: ['D'], text: 'keys.duplicate', bindings: on('duplicate', 'shift+d') },
      { caps: ['Delete'], text: 'keys.remove', bindings: on('remove', 'delete') },
      {
        caps: ['Alt+↓', 'Alt+↑'],
        text: 'keys.moveRows',
        bindings: [
          ...everywhere('down-or-move', 'alt+arrowdown'),
          ...everywhere('up-or-move', 'alt+arrowup'),
        ],
      },
      { caps: ['m'], text: 'keys.moveTo', bindings: on('move-to', 'm') },
      { caps: ['Space'], text: 'keys.mark', bindings: on('mark', 'space') },
      {
        caps: ['Shift+↑', 'Shift+↓'],
        text: 'keys.extend',
        bindings: [
          ...held('extend-down', 'shift+arrowdown', 'shift+j'),
          ...held('extend-up', 'shift+arrowup', 'shift+k'),
          ...on('extend-first', 'shift+home'),
          ...on('extend-last', 'shift+end'),
        ],
      },
      { caps: ['Ctrl+A'], text: 'keys.markAll', bindings: on('mark-all', 'mod+a') },
      { caps: ['?'], text: 'keys.keys', bindings: on('keys', '?') },
    ],
  },
];

export const BINDINGS = bindingsOf(KEY_GROUPS);
