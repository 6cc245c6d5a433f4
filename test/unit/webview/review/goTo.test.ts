import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NO_FILTER } from '../../../../src/shared/reviewQueue.ts';
import { IN_ORDER, review, settle } from './controlRig.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
});

describe('an item that is opened in this view from elsewhere', () => {
  it('is shown at once, and nothing goes back to it later', async () => {
    const { host, press, state, control } = await review({}, IN_ORDER);
    expect(state().selected).toBe('bakery-0417');
    host.show('lake-0601');
    await settle();
    expect(state()).toMatchObject({ selected: 'lake-0601', shown: 'lake-0601' });
    await press('first');
    await control.link.again();
    await settle();
    expect(state()).toMatchObject({ selected: 'bakery-0417', shown: 'bakery-0417' });
  });

  it('is shown also where the filter hides it, which gives way', async () => {
    const filter = { ...NO_FILTER, search: 'bakery' };
    const { host, state } = await review({}, { ...IN_ORDER, filter });
    const { total } = state().list;
    host.show('lake-0601');
    await settle();
    expect(state()).toMatchObject({ selected: 'lake-0601', shown: 'lake-0601' });
    expect(state().filter).toEqual({ ...NO_FILTER, scope: 'all' });
    expect(state().list.total).toBeGreaterThan(total);
  });
});

describe('a list that is opened in this view from elsewhere', () => {
  const LIST = {
    label: '2 questions: newly wrong',
    ids: ['market-0688', 'lake-0601'],
    round: null,
  };

  it('shows these questions and no others, until everything is listed again', async () => {
    const filter = { ...NO_FILTER, search: 'bakery' };
    const { host, state, control } = await review({}, { ...IN_ORDER, filter });
    host.list(LIST);
    await settle();
    const { label, ids } = LIST;
    expect(state().filter).toEqual({ ...NO_FILTER, scope: 'all', only: { label, ids } });
    expect([...state().list.rows.values()].map(({ id }) => id)).toEqual([
      'lake-0601',
      'market-0688',
    ]);
    expect(state()).toMatchObject({ selected: 'lake-0601', shown: 'lake-0601' });
    await control.list(NO_FILTER);
    await settle();
    expect(state().list.total).toBeGreaterThan(2);
  });

  it('is shown in the round that it is about, and in no other where there is none such', async () => {
    const { host, state } = await review({}, IN_ORDER);
    expect(state().snapshot?.round).toBe(1);
    host.list({ ...LIST, round: 0 });
    await settle();
    expect(state().snapshot?.round).toBe(0);
    const { rev } = host.snapshot();
    host.list({ ...LIST, round: 7 });
    host.list({ ...LIST, round: 0 });
    await settle();
    // Nobody asked the host for another round.
    expect(host.snapshot()).toMatchObject({ rev, round: 0 });
    expect(state().list.total).toBe(2);
  });

  it('comes back with the view, as every filter', async () => {
    const { label, ids } = LIST;
    const filter = { ...NO_FILTER, scope: 'all', only: { label, ids } };
    const { state } = await review({}, { ...IN_ORDER, filter });
    expect(state().list.total).toBe(2);
  });
});
