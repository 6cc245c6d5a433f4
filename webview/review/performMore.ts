import { bulk, SAMPLE } from './batch.ts';
import type { Control } from './control.ts';
import { isGoldDisputed } from './disagreements.tsx';
import { askOpinion } from './opinion.ts';
import { shownAttempt, shownCandidate, shownRecord } from './state.ts';

/** What has a button and a command of the palette, and no key of its own. */
export type More =
  | 'opinion'
  | 'fix-question'
  | 'confirm-gold'
  | 'verdict'
  | 'bulk-accept'
  | 'bulk-reject'
  | 'bulk-keep'
  | 'bulk-drop'
  | 'spot-check'
  | 'accept-rest';

/** Does what the button does; nothing where there would be no such button. */
export function performMore(control: Control, action: More): void {
  const { state, store } = control;
  const record = shownRecord(state);
  switch (action) {
    case 'opinion': {
      const candidate = shownCandidate(state);
      if (state.marked.size > 0) bulk(control, 'opinion');
      else if (record && candidate && !control.readOnly()) {
        void askOpinion(control, [record.row.id], candidate.id);
      }
      return;
    }
    case 'fix-question':
      if (!record) return;
      control.take({
        kind: 'form',
        form: { kind: 'question', question: record.question, reason: '' },
      });
      return;
    case 'confirm-gold':
      if (!record || (record.goldConfirmed && !isGoldDisputed(record))) return;
      control.take({ kind: 'send', act: { type: 'confirm-gold' } });
      return;
    case 'verdict': {
      const attempt = shownAttempt(state);
      if (!attempt) return;
      const { sample, settled, verdict: graded } = attempt;
      const verdict = (settled ?? graded) === 'right' ? 'wrong' : 'right';
      control.take({ kind: 'form', form: { kind: 'verdict', sample, verdict, reason: '' } });
      return;
    }
    case 'bulk-accept':
    case 'bulk-reject':
      bulk(control, action === 'bulk-accept' ? 'accept' : 'reject');
      return;
    case 'bulk-keep':
    case 'bulk-drop':
      bulk(control, action === 'bulk-keep' ? 'pair-keep' : 'pair-drop');
      return;
    case 'spot-check': {
      const { total } = state.list;
      if (control.readOnly() || total === 0 || state.snapshot?.spotCheck) return;
      const size = Math.min(SAMPLE, total);
      store.dispatch({ type: 'overlay', overlay: { kind: 'spot-check', size } });
      return;
    }
    case 'accept-rest': {
      const check = state.snapshot?.spotCheck;
      if (control.readOnly() || !check || check.bound === null || !check.random) return;
      if (check.remaining === 0) return;
      const overlay = { kind: 'accept-rest', count: check.remaining } as const;
      store.dispatch({ type: 'overlay', overlay });
      return;
    }
  }
}
