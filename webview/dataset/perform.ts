import type { Action } from './actions.ts';
import { addForm } from './addField.ts';
import type { Control } from './control.ts';
import { duplicate, insert, moveBy, nextProblem, remove } from './rowActs.ts';
import { totalOf } from './state.ts';

/** Does one action. False = it has no meaning now and the key goes its way. */
export function perform(control: Control, action: Action): boolean {
  const { state, store, page } = control;
  const last = totalOf(state) - 1;
  switch (action) {
    case 'next':
      return step(control, 1);
    case 'previous':
      return step(control, -1);
    case 'page-down':
      return step(control, page.rowsPerPage());
    case 'page-up':
      return step(control, -page.rowsPerPage());
    case 'first':
      return step(control, -last - 1);
    case 'last':
      return step(control, last + 1);
    case 'extend-down':
      void control.markTo(state.at + 1);
      return true;
    case 'extend-up':
      void control.markTo(state.at - 1);
      return true;
    case 'extend-first':
      void control.markTo(0);
      return true;
    case 'extend-last':
      void control.markTo(last);
      return true;
    case 'mark':
      store.dispatch({ type: 'mark', at: state.at });
      return true;
    case 'mark-all':
      void control.markAll();
      return true;
    case 'next-problem':
    case 'previous-problem':
      nextProblem(control, action === 'previous-problem');
      return true;
    case 'edit':
      control.edit();
      return true;
    case 'insert':
      insert(control);
      return true;
    case 'duplicate':
      duplicate(control);
      return true;
    case 'remove':
      remove(control);
      return true;
    case 'move-up':
      moveBy(control, -1);
      return true;
    case 'move-down':
      moveBy(control, 1);
      return true;
    case 'up-or-move':
    case 'down-or-move': {
      const by = action === 'up-or-move' ? -1 : 1;
      if (page.editing() !== null) page.moveText(by);
      else if (page.inText()) return false;
      else moveBy(control, by);
      return true;
    }
    case 'move-to':
    case 'go-to-line': {
      if (state.at < 0 || (action === 'move-to' && control.readOnly())) return true;
      const kind = action === 'move-to' ? 'move' : 'line';
      store.dispatch({ type: 'overlay', overlay: { kind, line: '' } });
      return true;
    }
    case 'add-field':
      addForm(control);
      return true;
    case 'open-text':
      control.open('text');
      return true;
    case 'open-review':
      if (state.doc?.set === null) return false;
      control.open('review');
      return true;
    case 'open-field': {
      const index = page.field();
      if (index === null) control.say(control.words('say.noField'));
      else control.open('field', index);
      return true;
    }
    case 'search':
      page.focusSearch();
      return true;
    case 'keys': {
      const kind = state.overlay.kind === 'keys' ? 'none' : 'keys';
      store.dispatch({ type: 'overlay', overlay: { kind } });
      if (kind === 'none') page.focusList();
      return true;
    }
    case 'write': {
      // The editor saves with the same key: what is being typed goes to the host first.
      const id = page.editing();
      if (id !== null) void control.write(id);
      return false;
    }
    case 'escape':
      return escape(control);
    case 'next-region':
      page.moveRegion(1);
      return true;
    case 'previous-region':
      page.moveRegion(-1);
      return true;
  }
}

function step(control: Control, by: number): boolean {
  if (control.state.at < 0) return true;
  control.store.dispatch({ type: 'unmark' });
  control.moveTo(control.state.at + by);
  return true;
}

/** Leaves what is open, one thing at a time; in a text the first time puts back what stood there. */
function escape(control: Control): boolean {
  const { state, store, page } = control;
  const editing = page.editing();
  if (state.overlay.kind !== 'none') store.dispatch({ type: 'overlay', overlay: { kind: 'none' } });
  else if (editing !== null && state.drafts[editing] !== undefined) {
    control.takeBack(editing);
    return true;
  } else if (state.add !== null && page.adding()) store.dispatch({ type: 'add', form: null });
  else if (editing === null && state.marked.size > 0) store.dispatch({ type: 'unmark' });
  page.focusList();
  return true;
}
