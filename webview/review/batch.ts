import { messageOf } from '../kit/failure.ts';
import { ask } from './ask.ts';
import type { Control } from './control.ts';
import { askOpinion } from './opinion.ts';
import { roundOf } from './state.ts';

/** How many items a spot check draws unless the person says otherwise. */
export const SAMPLE = 60;

/** All but `opinion` decide. */
export type BulkAct = 'accept' | 'reject' | 'pair-drop' | 'pair-keep' | 'opinion';

/** Asks for the yes to a decision on everything picked, or on the whole filtered list. */
export function bulk(control: Control, act: BulkAct): void {
  if (control.readOnly()) return;
  const { marked, list } = control.state;
  const ids = marked.size > 0 ? [...marked] : null;
  const count = ids?.length ?? list.total;
  if (count === 0) return;
  control.store.dispatch({ type: 'overlay', overlay: { kind: 'bulk', act, count, ids } });
}

/** What the open question stands for is done: one request, one step to undo. */
export async function confirm(control: Control): Promise<void> {
  const { overlay } = control.state;
  const texts = control.store.texts.peek();
  control.store.dispatch({ type: 'overlay', overlay: { kind: 'none' } });
  control.page.focusList();
  try {
    if (overlay.kind === 'bulk') {
      const { act, ids, count } = overlay;
      const some = ids === null ? null : [...ids];
      if (act === 'opinion') {
        await askOpinion(control, some, null);
        return;
      }
      const request = { act, ids: some, expected: count, round: roundOf(control.state) };
      const { changed } = await control.link.change(() => control.client.request('bulk', request));
      control.store.dispatch({ type: 'unmark' });
      await refresh(control);
      control.say(texts.count('say.bulk', changed));
    } else if (overlay.kind === 'accept-rest') {
      const request = { expected: overlay.count, round: roundOf(control.state) };
      const { changed } = await control.link.change(() =>
        control.client.request('acceptRest', request),
      );
      await refresh(control);
      control.say(texts.count('say.bulk', changed));
    } else if (overlay.kind === 'ask') {
      const { marked } = control.state;
      const came = await ask(control, overlay.ids, { kind: 'ask', hint: overlay.hint });
      // What was picked meanwhile is about something else.
      if (came && control.state.marked === marked) control.store.dispatch({ type: 'unmark' });
    } else if (overlay.kind === 'spot-check') await spotCheck(control, overlay.size);
  } catch (error) {
    const { shown } = control.state;
    const message = messageOf(error);
    if (shown !== null) control.store.dispatch({ type: 'notice', id: shown, message });
    control.say(message);
  }
}

/** Draws a random sample of the filtered list, or ends the spot check with size 0. */
export async function spotCheck(control: Control, size: number): Promise<void> {
  await control.quietly(async () => {
    const request = { size, round: roundOf(control.state) };
    await control.link.change(() => control.client.request('spotCheck', request));
    await refresh(control);
  });
}

async function refresh(control: Control): Promise<void> {
  control.store.dispatch({ type: 'stale' });
  await control.list(control.state.filter);
  const { shown } = control.state;
  if (shown !== null) await control.link.record(shown, true);
}
