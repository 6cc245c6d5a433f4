import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NO_FILTER } from '../../../../src/shared/reviewQueue.ts';
import { ask } from '../../../../webview/review/ask.ts';
import { bulk, confirm } from '../../../../webview/review/batch.ts';
import { rowById, shownRecord } from '../../../../webview/review/state.ts';
import { clock, IN_ORDER, review, settle } from './controlRig.ts';

beforeEach(() => {
  vi.useFakeTimers();
  clock.now = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

describe('Control: many at once', () => {
  it('decides on what is picked, after a yes, as one step', async () => {
    const { host, control, press, state, statusOf } = await review({}, IN_ORDER);
    await press('extend-down', 'accept');
    expect(state().overlay).toMatchObject({ kind: 'bulk', act: 'accept', count: 2 });
    expect(host.decisions).toEqual([]);
    await confirm(control);
    await settle();
    expect(statusOf('tickets-0533')).toBe('accepted');
    expect(statusOf('bakery-0417')).toBe('accepted');
    expect(state().marked.size).toBe(0);
    expect(shownRecord(state())?.row.status).toBe('accepted');
    await press('undo');
    // What is on screen goes back with its row.
    expect(shownRecord(state())?.row.status).toBe('todo');
    expect([statusOf('bakery-0417'), statusOf('tickets-0533')]).toEqual(['todo', 'todo']);
  });

  it('names the whole filtered list by its count and nothing else', async () => {
    const { host, control, state } = await review({}, IN_ORDER);
    bulk(control, 'reject');
    await confirm(control);
    await settle();
    const call = host.calls.find(({ method }) => method === 'bulk');
    expect(call?.params).toEqual({ act: 'reject', ids: null, expected: state().list.total });
  });

  it('asks the teacher about everything picked, and keeps the hint until it has answered', async () => {
    const { host, press, store, state } = await review({}, IN_ORDER);
    const asked = () =>
      host.calls.filter(({ method }) => method === 'ask').map((one) => one.params);
    const ids = ['bakery-0417', 'tickets-0533'];
    await press('extend-down', 'ask');
    expect(state()).toMatchObject({ form: null, overlay: { kind: 'ask', ids, hint: '' } });
    const hint = 'Name the unit of each number.';
    store.dispatch({ type: 'overlay', overlay: { kind: 'ask', ids, hint } });
    await press('escape', 'ask');
    expect(state().overlay).toMatchObject({ kind: 'ask', hint });
    host.refuse = 'The teacher cannot be reached.';
    await press('save-form', 'ask');
    expect(state().marked.size).toBe(2);
    expect(state().overlay).toMatchObject({ kind: 'ask', hint });
    await press('save-form');
    expect(asked().at(-1)).toEqual({ ids, hint });
    expect(state().said.text).toBe('The teacher answered. Passed every check: 2; failed: 0.');
    expect(state()).toMatchObject({ marked: new Set(), overlay: { kind: 'none' }, drafts: {} });
  });

  it('says of how many the teacher was not asked, because it had answered that', async () => {
    const { control, state } = await review({}, IN_ORDER);
    const form = { kind: 'ask', hint: '' } as const;
    await ask(control, ['bakery-0417'], form);
    await ask(control, ['bakery-0417'], form);
    expect(state().said.text).toBe('1 question was not asked: this hint had been answered before.');
    await ask(control, ['bakery-0417', 'tickets-0533', 'lake-0601'], form);
    expect(state().said.text).toBe(
      'The teacher answered. Passed every check: 2; failed: 0. 1 question was not asked: this hint had been answered before.',
    );
  });

  it('forgets what was picked when the filter changes', async () => {
    const { control, press, state } = await review({}, IN_ORDER);
    await press('mark', 'extend-down');
    expect(state().marked.size).toBe(2);
    await control.list({ ...NO_FILTER, search: 'tickets' });
    expect(state().marked.size).toBe(0);
  });

  it('shrinks a range when the cursor turns back', async () => {
    const { press, state } = await review({}, IN_ORDER);
    await press('extend-down', 'extend-down', 'extend-up');
    expect([...state().marked]).toEqual(['bakery-0417', 'tickets-0533']);
  });
});

describe('Control: long lists', () => {
  it('loads rows in chunks as they come into sight', async () => {
    const { control, press, state } = await review({ count: 700 }, IN_ORDER);
    expect(state().list.total).toBeGreaterThan(600);
    expect(state().list.rows.size).toBeLessThan(300);
    await press('last');
    expect(state().selected).toBe(state().list.rows.get(state().list.total - 1)?.id);
    await control.link.need(300, 340);
    expect(state().list.rows.get(320)).toBeDefined();
  });

  it.each([
    ['up', 3600, 20],
    ['down', 20, 3600],
  ])('picks a range whole, %s and however long', async (_, begin, end) => {
    const { control, press, state } = await review({ count: 4000 }, IN_ORDER);
    const all = await control.link.ids(0, state().list.total);
    clock.now += 1000;
    control.moveTo(begin);
    await settle();
    const marking = control.markTo(end);
    // What is pressed meanwhile is about the range, not about the item the cursor is on still.
    control.act('reject');
    await marking;
    await settle();
    expect(state().marked.size).toBe(3581);
    expect(state().at).toBe(end);
    expect(state().overlay).toMatchObject({ kind: 'bulk', act: 'reject', count: 3581 });
    await press('escape');
    await control.markTo(begin + Math.sign(end - begin));
    await settle();
    const near = [all?.get(begin), all?.get(begin + Math.sign(end - begin))];
    expect(new Set(state().marked)).toEqual(new Set(near));
  });

  it('takes no rows of an older query', async () => {
    const { store, state } = await review({}, IN_ORDER);
    const { query } = state().list;
    const row = state().list.rows.get(0);
    if (!row) throw new Error('no row');
    store.dispatch({ type: 'rows', query: query - 1, from: 5, rows: [{ ...row, id: 'old' }] });
    expect(rowById(state(), 'old')).toBeNull();
  });
});
