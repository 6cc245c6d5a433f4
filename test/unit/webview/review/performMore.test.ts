import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { confirm } from '../../../../webview/review/batch.ts';
import { shownAttempt } from '../../../../webview/review/state.ts';
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
