import { messageOf } from '../kit/failure.ts';
import type { Control } from './control.ts';
import { roundOf } from './state.ts';

/** Asks for second opinions; the items say so until they are there. Nothing is decided by it. */
export async function askOpinion(
  control: Control,
  ids: readonly string[] | null,
  candidate: string | null,
): Promise<void> {
  const { store, link, client } = control;
  const texts = store.texts.peek();
  const about = ids ?? [];
  store.dispatch({ type: 'asking', ids: about, on: true });
  control.say(texts('say.asking'));
  try {
    const round = roundOf(control.state);
    const request = { ids: ids && [...ids], candidate, teacher: null, round };
    const { scored, failed, known, unread, own } = await link.change(() =>
      client.request('opinion', request),
    );
    const said = [texts('say.opinion', { scored, failed, known })];
    if (unread > 0) said.push(texts('say.opinion.unread', { unread }));
    if (own > 0) said.push(texts('say.opinion.own', { own }));
    control.say(said.join(' '));
    if (candidate === null) await link.reload();
  } catch (error) {
    const message = messageOf(error);
    const { shown } = control.state;
    if (shown !== null) store.dispatch({ type: 'notice', id: shown, message });
    control.say(message);
  }
  store.dispatch({ type: 'asking', ids: about, on: false });
  const { shown } = control.state;
  if (shown !== null) await link.record(shown, true);
}
