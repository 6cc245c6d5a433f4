import { messageOf } from '../kit/failure.ts';
import type { Control } from './control.ts';
import { draftKey, SEVERAL, type Form } from './forms.ts';
import { roundOf, shownRecord } from './state.ts';

type AskForm = Extract<Form, { kind: 'ask' }>;

/** Opens the field for a hint: about everything picked, else about the item on screen. */
export function startAsking(control: Control): void {
  const { snapshot, marked, drafts } = control.state;
  if (snapshot && !snapshot.canAsk) control.take({ kind: 'say', text: 'say.cannotAsk' });
  else if (marked.size === 0) control.take({ kind: 'form', form: { kind: 'ask', hint: '' } });
  else if (!control.readOnly()) {
    const draft = drafts[draftKey(SEVERAL, 'ask')];
    const hint = draft?.kind === 'ask' ? draft.hint : '';
    control.store.dispatch({ type: 'overlay', overlay: { kind: 'ask', ids: [...marked], hint } });
  }
}

/** Asks the teacher; the items say so until the answer is there, and the hint stays a draft. Whether it came. */
export async function ask(
  control: Control,
  ids: readonly string[],
  form: AskForm,
): Promise<boolean> {
  const { store, link, client } = control;
  const texts = store.texts.peek();
  if (control.state.form?.kind === 'ask') store.dispatch({ type: 'form-sent' });
  store.dispatch({ type: 'asking', ids, on: true });
  const before = shownRecord(control.state);
  const several = ids.length > 1;
  control.say(texts('say.asking'));
  try {
    const request = { ids: [...ids], hint: form.hint.trim(), round: roundOf(control.state) };
    const { accepted, failed, unasked } = await link.change(() => client.request('ask', request));
    store.dispatch({ type: 'asking', ids, on: false });
    for (const id of [...ids, SEVERAL]) store.dispatch({ type: 'form-done', id, form });
    if (several) await link.reload();
    const { shown } = control.state;
    await Promise.all(
      (several && shown !== null ? [shown] : ids).map((id) => link.record(id, true)),
    );
    // The answer that was waited for is what the person looks at next; it stands behind the others.
    const now = shownRecord(control.state);
    const last = (now?.candidates.length ?? 0) - 1;
    if (now?.row.id === before?.row.id && last >= (before?.candidates.length ?? 0))
      store.dispatch({ type: 'candidate', index: last });
    const asked = ids.length > unasked ? texts('say.asked', { accepted, failed }) : '';
    const rest = unasked > 0 ? texts.count('say.unasked', unasked) : '';
    control.say(`${asked} ${rest}`.trim());
    return true;
  } catch (error) {
    store.dispatch({ type: 'asking', ids, on: false });
    const message = messageOf(error);
    const { shown } = control.state;
    for (const id of several ? [shown] : ids)
      if (id !== null) store.dispatch({ type: 'notice', id, message });
    control.say(message);
    return false;
  }
}
