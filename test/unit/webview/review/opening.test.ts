import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../../../src/shared/connect.ts';
import type { Port } from '../../../../src/shared/contract.ts';
import { reviewContract } from '../../../../src/shared/reviewContract.ts';
import { NO_FILTER } from '../../../../src/shared/reviewQueue.ts';
import { Link } from '../../../../webview/review/link.ts';
import { createStore } from '../../../../webview/review/store.ts';
import { MemoryHost } from '../../../webview/memoryHost.ts';
import { IN_ORDER, review } from './controlRig.ts';

interface Asked {
  readonly id: number;
  readonly method: string;
}

/** A link whose host says nothing until a test lets it. */
function opened() {
  const asked: Asked[] = [];
  let hear: (message: unknown) => void = () => undefined;
  const port: Port = {
    // SAFETY: what is not a request has no method, and is found under none.
    post: (message) => asked.push(message as Asked),
    listen: (listener) => {
      hear = listener;
      return () => undefined;
    },
  };
  const store = createStore('en');
  const link = new Link(connect(reviewContract, port), store, 'panel', () => undefined);
  const listed = link.start(NO_FILTER, 'data-order', null);
  const answer = async (method: string, answered: Record<string, unknown>): Promise<void> => {
    hear({ id: asked.find((one) => one.method === method)?.id, ...answered });
    await vi.advanceTimersByTimeAsync(0);
  };
  return { asked, answer, listed, state: () => store.state.value };
}

const host = new MemoryHost({ count: 30 });
const snapshot = { kind: 'ok', result: { snapshot: host.snapshot(), strings: {} } };
const none = { kind: 'ok', result: { rev: 1, total: 0, from: 0, rows: [], at: -1 } };
const refused = (message: string) => ({ kind: 'error', error: { code: 'usage', message } });

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
});

describe('a view that opens', () => {
  it('asks for its queue together with everything else', () => {
    expect(opened().asked.map(({ method }) => method)).toEqual(['init', 'query']);
  });

  it('shows a queue that came first only when it knows what it belongs to', async () => {
    const { answer, listed, state } = opened();
    await answer('query', none);
    expect(state()).toMatchObject({ link: 'loading', list: { loading: true } });
    await answer('init', snapshot);
    await listed;
    expect(state()).toMatchObject({ link: 'ready', list: { loading: false } });
  });

  it('says why it shows nothing, and nothing about the queue besides', async () => {
    const { answer, listed, state } = opened();
    await answer('init', refused('The project cannot be read.'));
    await answer('query', refused('There is no queue.'));
    await listed;
    expect(state()).toMatchObject({ link: 'lost', problem: 'The project cannot be read.' });
  });

  it('has the rows around the cursor with its first answer, wherever that is', async () => {
    const first = await review({ count: 300 }, IN_ORDER);
    const all = await first.control.link.ids(0, 300);
    const { state } = await review({ count: 300 }, { ...IN_ORDER, sel: all?.get(200) });
    expect(state()).toMatchObject({ at: 200, selected: all?.get(200) });
    const places = [...state().list.rows.keys()];
    // More come when they are needed; these need no second question.
    expect(places.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, index) => 168 + index));
    expect(places.map((place) => state().list.rows.get(place)?.id)).toEqual(
      places.map((place) => all?.get(place)),
    );
  });
});
