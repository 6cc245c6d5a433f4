import { messageOf } from '../kit/failure.ts';
import type { Control } from './control.ts';
import { roundOf } from './state.ts';

const OPPOSITE = { undo: 'redo', redo: 'undo' } as const;

let latest = 0;

/**
 * Takes a step back or does it again. It is asked for at once, in the order of the keys: the snapshot may not know yet
 * of a decision that was made this very moment. What the step was is told by what the opposite would do afterwards.
 */
export async function history(control: Control, which: 'undo' | 'redo'): Promise<void> {
  if (control.readOnly()) return;
  const { client, link } = control;
  const texts = control.store.texts.peek();
  if (link.current() && control.state.snapshot?.[which] === null) {
    control.say(texts(`say.nothingTo.${which}`));
    return;
  }
  latest += 1;
  const own = latest;
  try {
    const round = roundOf(control.state);
    const { id, rev } = await link.change(() => client.request(which, { round }));
    // It may have been about many items; the host names one of them.
    if (id === null) await allAgain(control);
    else {
      await link.reload();
      await control.backTo(id);
    }
    await link.upTo(rev);
    // Of several steps in a row the last one is said.
    if (own !== latest) return;
    const what = control.state.snapshot?.[OPPOSITE[which]] ?? null;
    if (what !== null) control.say(texts(`say.${which}`, { what }));
    else control.say(texts(id === null ? `say.nothingTo.${which}` : `say.done.${which}`));
  } catch (error) {
    control.say(messageOf(error));
  }
}

/** Many items are others than they were: what is at hand of them, the one on screen too, is of no use. */
async function allAgain(control: Control): Promise<void> {
  const { link, store } = control;
  store.dispatch({ type: 'stale' });
  await link.again();
  const { shown } = control.state;
  if (shown !== null) await link.record(shown, true);
}
