import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { confirm } from '../../../../webview/review/batch.ts';
import { shownAttempt, shownRecord } from '../../../../webview/review/state.ts';
import { clock, IN_ORDER, review, settle } from './controlRig.ts';

beforeEach(() => {
  vi.useFakeTimers();
  clock.now = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

describe('Control: what the palette has and no key', () => {
  it('opens the forms that the buttons open, and confirms a gold', async () => {
    const { press, state, acts } = await review({}, IN_ORDER);
    await press('fix-question');
    expect(state().form).toMatchObject({ kind: 'question', reason: '' });
    await press('escape', 'verdict');
    const { sample } = shownAttempt(state()) ?? {};
    expect(state().form).toMatchObject({ kind: 'verdict', sample, verdict: 'right' });
    await press('escape');
    expect(acts()).toEqual([]);
    await press('confirm-gold');
    expect(acts()).toMatchObject([{ id: 'bakery-0417', act: { type: 'confirm-gold' } }]);
  });

  it('opens the diff editor on the item on screen', async () => {
    const { press, host } = await review({}, IN_ORDER);
    await press('compare');
    const opened = host.calls.filter(({ method }) => method === 'open');
    expect(opened).toMatchObject([{ params: { id: 'bakery-0417', how: 'diff' } }]);
  });

  it.each([
    ['bulk-accept', 'accept'],
    ['bulk-reject', 'reject'],
    ['bulk-keep', 'pair-keep'],
    ['bulk-drop', 'pair-drop'],
  ] as const)('%s asks first, with the number of what is listed', async (action, act) => {
    const { press, state, host } = await review({}, IN_ORDER);
    await press(action);
    const { overlay, list } = state();
    expect(overlay).toMatchObject({ kind: 'bulk', act, count: list.total, ids: null });
    expect(host.calls.filter(({ method }) => method === 'bulk')).toEqual([]);
  });

  it('asks for a second opinion of the rationale on screen at once, of what is picked after a yes', async () => {
    const { press, state, host, control } = await review({}, IN_ORDER);
    await press('opinion');
    await settle();
    const asked = () => host.calls.filter(({ method }) => method === 'opinion');
    const { candidates } = shownRecord(state()) ?? { candidates: [] };
    expect(asked()).toMatchObject([
      { params: { ids: ['bakery-0417'], candidate: candidates[0]?.id, teacher: null } },
    ]);
    expect(candidates[0]?.opinions).toMatchObject([{ by: 'programmatic', score: 4 }]);
    expect(state().asking.size).toBe(0);
    // Nothing was decided by it.
    expect(shownRecord(state())?.row.status).toBe('todo');
    expect(state().said.text).not.toContain('no score that can be read');

    await press('mark', 'opinion');
    expect(state().overlay).toMatchObject({ kind: 'bulk', act: 'opinion', ids: ['bakery-0417'] });
    expect(asked()).toHaveLength(1);
    await confirm(control);
    await settle();
    expect(asked()[1]).toMatchObject({ params: { ids: ['bakery-0417'], candidate: null } });
    expect(state().said.text).toContain('Of 1 it had given no score that can be read');
  });

  it('says on the item why no opinion came', async () => {
    const { press, state, host } = await review({}, IN_ORDER);
    host.refuse = 'The teacher is being asked already.';
    await press('opinion');
    await settle();
    expect(state().notices.get('bakery-0417')).toBe('The teacher is being asked already.');
  });

  it('draws a spot check after a yes, and offers no rest before it is decided', async () => {
    const { press, state, host, control } = await review({}, IN_ORDER);
    await press('spot-check');
    expect(state().overlay).toEqual({ kind: 'spot-check', size: Math.min(60, state().list.total) });
    await confirm(control);
    await settle();
    expect(host.calls.filter(({ method }) => method === 'spotCheck')).toHaveLength(1);
    await press('accept-rest');
    expect(state().overlay.kind).toBe('none');
  });
});
