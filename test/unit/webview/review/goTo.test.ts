import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NO_FILTER } from '../../../../src/shared/reviewContract.ts';
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
