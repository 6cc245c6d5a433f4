import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { shownRecord } from '../../../../webview/review/state.ts';
import { clock, IN_ORDER, review, settle } from './controlRig.ts';

beforeEach(() => {
  vi.useFakeTimers();
  clock.now = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

const asked = ({ calls }: Awaited<ReturnType<typeof review>>['host']) =>
  calls.filter(({ method }) => method === 'again').map(({ params }) => params);

describe('Control: asking the student again', () => {
  it('asks as it was chosen, decides nothing, and shows the answers beside the exam', async () => {
    const { press, control, host, store, state, acts } = await review({}, IN_ORDER);
    await press('again');
    const { form } = state();
    if (form?.kind !== 'again') throw new Error('no form');
    expect(form).toMatchObject({ how: 'fresh', who: 'round' });
    store.dispatch({ type: 'form', form: { ...form, how: 'greedy', who: 'base' } });
    control.act('save-form');
    expect(state()).toMatchObject({ form: null, askingStudent: 'bakery-0417' });
    await settle();
    expect(asked(host)).toEqual([{ id: 'bakery-0417', how: 'greedy', who: 'base' }]);
    expect(state()).toMatchObject({ askingStudent: null, selected: 'bakery-0417', drafts: {} });
    expect(shownRecord(state())?.again).toMatchObject([
      { draws: 'greedy', student: { same: false, trained: null } },
    ]);
    expect(state().said.text).toBe('The student answered: 0 of 1 right.');
    expect(acts()).toEqual([]);
    expect(host.decisions).toEqual([]);
  });

  it('asks in a frozen round, too, where nothing can be decided', async () => {
    const snapshot = { writable: false, reason: 'Round 1 is frozen.', phase: 'frozen' } as const;
    const { press, control, host } = await review({ snapshot }, IN_ORDER);
    await press('again');
    control.act('save-form');
    await settle();
    expect(asked(host)).toHaveLength(1);
  });

  it('says why nobody can be asked, and what went wrong', async () => {
    const { press, control, host, state } = await review({}, IN_ORDER);
    host.tell({ noAgain: 'An exam is running.' });
    await settle();
    await press('again');
    expect(state().form).toBeNull();
    expect(state().notices.get('bakery-0417')).toBe('An exam is running.');
    host.tell({ noAgain: null });
    await settle();
    host.refuse = 'The weights are no longer what they were.';
    await press('again');
    control.act('save-form');
    await settle();
    expect(state().notices.get('bakery-0417')).toBe('The weights are no longer what they were.');
    expect(state().askingStudent).toBeNull();
  });
});
