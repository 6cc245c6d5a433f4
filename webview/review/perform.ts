import type { Action } from './actions.ts';
import type { Control } from './control.ts';
import {
  acceptStep,
  editStep,
  firstErrorStep,
  onlyThisStep,
  pairStep,
  rejectStep,
  toggleCandidateStep,
} from './decide.ts';
import { startAgain } from './again.ts';
import { startAsking } from './ask.ts';
import { bulk, confirm } from './batch.ts';
import { history } from './history.ts';
import { performMore } from './performMore.ts';
import { MODES, shownAttempt, shownCandidate, shownRecord } from './state.ts';

/** Does one action. False = it has no meaning now and the key goes its way. */
export function perform(control: Control, action: Action): boolean {
  const { state, store, page } = control;
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
      control.moveTo(0);
      return true;
    case 'last':
      control.moveTo(state.list.total - 1);
      return true;
    case 'next-todo':
    case 'skip':
      void control.nextTodo();
      return true;
    case 'extend-down':
    case 'extend-up':
      void control.markTo(state.at + (action === 'extend-down' ? 1 : -1));
      return true;
    case 'mark':
      store.dispatch({ type: 'mark', at: state.at });
      return true;
    case 'accept':
      if (state.marked.size > 0) bulk(control, 'accept');
      else control.take(acceptStep(state));
      return true;
    case 'reject':
      if (state.marked.size > 0) bulk(control, 'reject');
      else control.take(rejectStep(state));
      return true;
    case 'reject-reason':
      control.take(
        rejectStep(state).kind === 'send'
          ? { kind: 'form', form: { kind: 'reject', reason: '' } }
          : rejectStep(state),
      );
      return true;
    case 'edit':
      control.take(editStep(state));
      return true;
    case 'write':
      control.take({ kind: 'form', form: { kind: 'write', text: '' } });
      return true;
    case 'ask':
      startAsking(control);
      return true;
    case 'again':
      startAgain(control);
      return true;
    case 'only-this':
      control.take(onlyThisStep(state));
      return true;
    case 'toggle-candidate':
      control.take(toggleCandidateStep(state));
      return true;
    case 'next-candidate':
    case 'previous-candidate':
      turn(control, action === 'next-candidate' ? 1 : -1);
      return true;
    case 'next-attempt':
      store.dispatch({ type: 'attempt', index: state.attempt + 1 });
      return true;
    case 'previous-attempt':
      store.dispatch({ type: 'attempt', index: state.attempt - 1 });
      return true;
    case 'pair':
    case 'pair-only':
      control.take(pairStep(state, action === 'pair-only'));
      return true;
    case 'first-error':
      control.take(firstErrorStep(state));
      return true;
    case 'fix-gold': {
      const record = shownRecord(state);
      const gold = record?.choices?.find((one) => one.gold)?.letter ?? record?.gold ?? '';
      control.take({ kind: 'form', form: { kind: 'gold', answer: gold, reason: '' } });
      return true;
    }
    case 'compare':
      open(control, 'diff');
      return true;
    case 'opinion':
    case 'fix-question':
    case 'confirm-gold':
    case 'verdict':
    case 'bulk-accept':
    case 'bulk-reject':
    case 'bulk-keep':
    case 'bulk-drop':
    case 'spot-check':
    case 'accept-rest':
      performMore(control, action);
      return true;
    case 'view-mode': {
      const mode = MODES[(MODES.indexOf(state.mode) + 1) % MODES.length] ?? 'step';
      store.dispatch({ type: 'mode', mode });
      control.say(store.texts.peek()(`mode.${mode}`));
      return true;
    }
    case 'open-record':
      open(control, 'record');
      return true;
    case 'undo':
    case 'redo':
      void history(control, action);
      return true;
    case 'search':
      page.focusSearch();
      return true;
    case 'filter':
    case 'keys': {
      const kind = state.overlay.kind === action ? 'none' : action;
      store.dispatch({ type: 'overlay', overlay: { kind } });
      if (kind === 'none') page.focusList();
      return true;
    }
    case 'save-form':
      if (state.overlay.kind === 'ask') void confirm(control);
      else if (state.form) void control.saveForm();
      else return false;
      return true;
    case 'escape':
      return escape(control);
    case 'next-region':
      page.moveRegion(1);
      return true;
    case 'previous-region':
      page.moveRegion(-1);
      return true;
    case 'candidate-1':
    case 'candidate-2':
    case 'candidate-3':
    case 'candidate-4':
    case 'candidate-5':
    case 'candidate-6':
    case 'candidate-7':
    case 'candidate-8':
    case 'candidate-9':
      store.dispatch({ type: 'candidate', index: Number(action.slice(-1)) - 1 });
      return true;
  }
}

function step(control: Control, by: number): boolean {
  control.store.dispatch({ type: 'unmark' });
  control.moveTo(control.state.at + by);
  return true;
}

function turn(control: Control, by: 1 | -1): void {
  const count = shownRecord(control.state)?.candidates.length ?? 0;
  if (count === 0) return;
  const index = (control.state.candidate + by + count) % count;
  control.store.dispatch({ type: 'candidate', index });
}

/** Opens something of the item on screen in the editor. */
export function open(
  control: Control,
  how: 'diff' | 'my-edit' | 'record' | 'panel' | 'data-line',
): void {
  const { state, client } = control;
  if (state.shown === null) return;
  const request = {
    id: state.shown,
    how,
    candidate: shownCandidate(state)?.id ?? null,
    sample: shownAttempt(state)?.sample ?? null,
  };
  void control.quietly(() => client.request('open', request));
}

/** Leaves what is open, one thing at a time; a draft stays. */
function escape(control: Control): boolean {
  const { state, store, page } = control;
  if (state.overlay.kind !== 'none') store.dispatch({ type: 'overlay', overlay: { kind: 'none' } });
  else if (state.form) store.dispatch({ type: 'form', form: null });
  else if (state.marked.size > 0) store.dispatch({ type: 'unmark' });
  page.focusList();
  return true;
}
