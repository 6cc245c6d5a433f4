import { messageOf } from '../kit/failure.ts';
import type { Control } from './control.ts';
import type { Form } from './forms.ts';
import { roundOf } from './state.ts';

type AgainForm = Extract<Form, { kind: 'again' }>;

/** Opens the choice of who is asked again and how; says why where nobody can be. */
export function startAgain(control: Control): void {
  const { shown, snapshot } = control.state;
  if (shown === null) return;
  const message = snapshot?.noAgain ?? null;
  if (message === null) control.open({ kind: 'again', how: 'fresh', who: 'round' });
  else {
    control.store.dispatch({ type: 'notice', id: shown, message });
    control.say(message);
  }
}

/** Asks the student; the item says so until its answers are there. Nothing is decided by it. */
export async function askStudent(control: Control, id: string, form: AgainForm): Promise<void> {
  const { store, link, client } = control;
  const texts = store.texts.peek();
  store.dispatch({ type: 'form-sent' });
  store.dispatch({ type: 'notice', id, message: null });
  store.dispatch({ type: 'asking-student', id });
  control.say(texts('say.againAsking'));
  try {
    const { how, who } = form;
    const request = { id, how, who, samples: null, round: roundOf(control.state) };
    const { right, samples } = await client.request('again', request);
    control.say(texts('say.again', { right, samples }));
  } catch (error) {
    const message = messageOf(error);
    store.dispatch({ type: 'notice', id, message });
    control.say(message);
  }
  store.dispatch({ type: 'asking-student', id: null });
  // What came before it was stopped, too.
  await link.record(id, true);
}
