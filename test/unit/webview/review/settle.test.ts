import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pairStep, verdictsOn } from '../../../../webview/review/decide.ts';
import { shownAttempt, shownRecord } from '../../../../webview/review/state.ts';
import { clock, IN_ORDER, review, settle } from './controlRig.ts';

beforeEach(() => {
  vi.useFakeTimers();
  clock.now = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

/** A view at an item whose attempt counts as wrong and may be right. */
async function atDoubt() {
  const rig = await review({}, { ...IN_ORDER, sel: 'market-0688' });
  const { store, state } = rig;
  const attempts = shownRecord(state())?.attempts ?? [];
  const index = attempts.findIndex(
    ({ verdict, checks }) => verdict === 'wrong' && checks.some(({ level }) => level === 'warn'),
  );
  store.dispatch({ type: 'attempt', index });
  const doubted = attempts[index];
  if (!doubted) throw new Error('no attempt in doubt');
  return { ...rig, doubted };
}

describe('Control: what an attempt counts as', () => {
  it('is offered both ways where it is in doubt, and then only the other way', async () => {
    const { control, press, state, doubted } = await atDoubt();
    expect(verdictsOn(doubted)).toEqual(['right', 'wrong']);
    const { sample } = doubted;
    control.open({ kind: 'verdict', sample, verdict: 'wrong', reason: '' });
    await press('save-form');
    const now = shownAttempt(state());
    expect(now).toMatchObject({ sample, settled: 'wrong' });
    expect(now && verdictsOn(now)).toEqual(['right']);
    expect(verdictsOn({ ...doubted, checks: [] })).toEqual(['right']);
    expect(verdictsOn({ ...doubted, checks: [], verdict: 'right' })).toEqual(['wrong']);
  });

  it('keeps the attempt on screen, wherever it stands after it was decided', async () => {
    const { control, press, state } = await review({}, { ...IN_ORDER, sel: 'tickets-0533' });
    const place = state().attempt;
    const sample = shownAttempt(state())?.sample ?? -1;
    control.open({ kind: 'verdict', sample, verdict: 'right', reason: '' });
    await press('save-form');
    expect(shownAttempt(state())).toMatchObject({ sample, settled: 'right' });
    expect(state().attempt).not.toBe(place);
    await press('undo');
    expect(shownAttempt(state())).toMatchObject({ sample, settled: null });
    expect(state().attempt).toBe(place);
  });

  it('opens no reason that was begun for another word', async () => {
    const { control, press, state, doubted } = await atDoubt();
    const { sample } = doubted;
    const right = { kind: 'verdict', sample, verdict: 'right', reason: 'It is a pair.' } as const;
    control.open(right);
    await press('escape');
    const wrong = { ...right, verdict: 'wrong', reason: '' } as const;
    control.open(wrong);
    expect(state().form).toEqual(wrong);
    await press('escape');
    control.open({ ...right, reason: '' });
    expect(state().form).toEqual(right);
  });

  it('makes no pair of an item that is rejected', async () => {
    const { press, state } = await review({}, IN_ORDER);
    expect(pairStep(state(), false)).toMatchObject({ kind: 'send' });
    await press('reject', 'previous');
    expect(pairStep(state(), false)).toEqual({ kind: 'say', text: 'say.pairNone' });
  });
});

describe('Control: a text that the checks refuse', () => {
  const text = 'First 6 * 12 = 72.\nAnswer: 72';

  it('stays in its form with the reason, and is kept where the person insists', async () => {
    const { control, press, store, state, acts, statusOf } = await review({}, IN_ORDER);
    await press('write');
    const form = { kind: 'write', text } as const;
    store.dispatch({ type: 'form', form });
    // The key behind it was meant for the next item.
    control.act('save-form');
    control.act('accept');
    await settle();
    expect(state()).toMatchObject({ selected: 'bakery-0417', form });
    expect(state().refusal).toMatch(/does not pass/u);
    expect(state().notices.size).toBe(0);
    expect(statusOf('bakery-0417')).toBe('todo');
    expect(acts()).toHaveLength(1);
    store.dispatch({ type: 'form', form: { ...form, text: `${text}.` } });
    expect(state().refusal).toBeNull();
    await press('save-form');
    expect(state().refusal).not.toBeNull();
    await control.saveForm(true);
    await settle();
    expect(acts().at(-1)).toEqual({
      id: 'bakery-0417',
      act: { type: 'write', rationale: `${text}.`, insist: true },
    });
    expect(statusOf('bakery-0417')).toBe('edited');
    expect(state()).toMatchObject({
      selected: 'tickets-0533',
      form: null,
      refusal: null,
      drafts: {},
    });
  });

  it('lets the keys behind a text that passes decide on the next item', async () => {
    const { control, press, store, state, acts } = await review({}, IN_ORDER);
    await press('edit');
    const { form } = state();
    if (form?.kind !== 'edit') throw new Error('no form');
    store.dispatch({ type: 'form', form: { ...form, text: form.text.replace('There', 'Here') } });
    control.act('save-form');
    control.act('accept');
    await vi.advanceTimersByTimeAsync(1000);
    const ids = acts().map((params) => (params as { id: string }).id);
    expect(ids).toEqual(['bakery-0417', 'tickets-0533']);
  });
});

describe('Control: keys faster than the host', () => {
  it('loses none of what a hand types ahead', async () => {
    const { control, host, acts, state } = await review(
      { count: 400 },
      { ...IN_ORDER, sel: 'q-1004' },
    );
    for (let n = 0; n < 10; n += 1) control.act('accept');
    for (let n = 0; n < 30; n += 1) control.act('next');
    const moved = vi.spyOn(control, 'moveTo');
    for (let n = 0; n < 10; n += 1) control.act('undo');
    await vi.advanceTimersByTimeAsync(5000);
    expect(acts()).toHaveLength(10);
    expect(host.calls.filter(({ method }) => method === 'undo')).toHaveLength(10);
    expect(moved.mock.calls.length).toBeGreaterThan(30);
    expect(state().pending.size).toBe(0);
  });
});
