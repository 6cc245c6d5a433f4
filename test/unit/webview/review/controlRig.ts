import { vi } from 'vitest';
import type { Action } from '../../../../webview/review/actions.ts';
import { Control, type Page } from '../../../../webview/review/control.ts';
import { readKept } from '../../../../webview/review/kept.ts';
import { rowById } from '../../../../webview/review/state.ts';
import { createStore } from '../../../../webview/review/store.ts';
import { clientOf } from '../../../webview/channelPair.ts';
import { MemoryHost, type HostOptions } from '../../../webview/memoryHost.ts';

/** The clock that the control goes by. */
export const clock = { now: 0 };

/** Lets everything happen that is under way. */
export const settle = () => vi.advanceTimersByTimeAsync(200);

/** A control over a host in memory, and what a test asks of both; with fake timers. */
export async function review(options: HostOptions = {}, kept: unknown = null) {
  const host = new MemoryHost({ count: 30, ...options });
  const store = createStore('en');
  const page: Page = {
    focusList: () => undefined,
    focusSearch: () => undefined,
    moveRegion: () => undefined,
    rowsPerPage: () => 10,
  };
  const control = new Control(clientOf(host), store, page, { view: 'panel', now: () => clock.now });
  await control.start(readKept(kept));
  await settle();
  const press = async (...actions: Action[]): Promise<void> => {
    for (const action of actions) {
      clock.now += 1000;
      control.act(action);
      await settle();
    }
  };
  const state = () => store.state.value;
  const statusOf = (id: string) => rowById(state(), id)?.[1].status;
  const acts = () =>
    host.calls.filter(({ method }) => method === 'decide').map((call) => call.params);
  return { host, control, store, page, press, state, statusOf, acts };
}

/** Kept so that the questions lie in the order of the data. */
export const IN_ORDER = { ...readKept(null), sort: 'data-order' };
