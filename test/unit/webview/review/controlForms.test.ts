import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NO_FILTER } from '../../../../src/shared/reviewQueue.ts';
import { stepChoices } from '../../../../webview/review/forms.ts';
import { keptOf, readKept } from '../../../../webview/review/kept.ts';
import { shownRecord } from '../../../../webview/review/state.ts';
import { clock, IN_ORDER, review, settle } from './controlRig.ts';

beforeEach(() => {
  vi.useFakeTimers();
  clock.now = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

describe('Control: forms and drafts', () => {
  it('saves an edit and goes on', async () => {
    const { press, control, store, acts, state, statusOf } = await review({}, IN_ORDER);
    await press('edit');
    const { form } = state();
    if (form?.kind !== 'edit') throw new Error('no form');
    const text = 'There are 6 * 12 = 72 rolls.\n72 - 45 = 27.\n27 - 13 = 14.\nAnswer: 14';
    store.dispatch({ type: 'form', form: { ...form, text } });
    control.act('save-form');
    await settle();
    expect(acts()).toEqual([
      { id: 'bakery-0417', act: { type: 'edit', candidate: form.candidate, rationale: text } },
    ]);
    expect(statusOf('bakery-0417')).toBe('edited');
    expect(state()).toMatchObject({ form: null, selected: 'tickets-0533', drafts: {} });
  });

  it('keeps a draft on Esc, on moving away, and over a reload', async () => {
    const first = await review({}, IN_ORDER);
    await first.press('edit');
    const { form } = first.state();
    if (form?.kind !== 'edit') throw new Error('no form');
    first.store.dispatch({ type: 'form', form: { ...form, text: 'half a thought' } });
    await first.press('escape');
    expect(first.state().form).toBeNull();
    await first.press('next', 'previous', 'edit');
    expect(first.state().form).toMatchObject({ text: 'half a thought' });
    const second = await review({}, JSON.parse(JSON.stringify(keptOf(first.state(), 88))));
    expect(second.state()).toMatchObject({
      selected: 'bakery-0417',
      form: { kind: 'edit', text: 'half a thought' },
    });
  });

  it('keeps what is being written while something else is decided', async () => {
    const { press, store, state, acts } = await review({}, IN_ORDER);
    await press('accept', 'previous', 'write');
    const form = { kind: 'write', text: 'First 6 * 12 = 72.' } as const;
    store.dispatch({ type: 'form', form });
    await press('pair');
    expect(acts().at(-1)).toMatchObject({ act: { type: 'pair' } });
    expect(state().form).toEqual(form);
    await press('accept');
    expect(acts().at(-1)).toMatchObject({ id: 'bakery-0417', act: { type: 'accept' } });
    expect(state()).toMatchObject({ form: null, drafts: { 'write bakery-0417': form } });
  });

  it('has what was typed at hand again when the host refuses it', async () => {
    const { host, control, press, store, state } = await review({}, IN_ORDER);
    await press('fix-gold');
    const gold = { kind: 'gold', answer: 'one or two', reason: 'A misprint.' } as const;
    store.dispatch({ type: 'form', form: gold });
    host.refuse = 'A gold answer is one number.';
    await press('save-form');
    expect(state().form).toEqual(gold);
    expect(state().notices.get('bakery-0417')).toBe('A gold answer is one number.');
    store.dispatch({ type: 'form', form: { ...gold, answer: '15' } });
    await press('save-form');
    expect(state()).toMatchObject({ form: null, drafts: {} });
    await press('write');
    const write = { kind: 'write', text: 'First 6 * 12 = 72.' } as const;
    store.dispatch({ type: 'form', form: write });
    host.refuse = 'The disk is full.';
    await press('save-form');
    // The cursor waits for the host's word on a text.
    expect(state()).toMatchObject({ selected: 'bakery-0417', form: write });
    expect(state().drafts).toEqual({ 'write bakery-0417': write });
    expect(state().said.text).toMatch(/The disk is full.*draft/u);
    await press('escape', 'next', 'previous', 'write');
    expect(state().form).toEqual(write);
    // What is typed while the answer is on its way is no part of what was sent.
    control.act('save-form');
    store.dispatch({ type: 'show', id: 'bakery-0417' });
    store.dispatch({ type: 'form', form: { ...write, text: `${write.text} Then 27.` } });
    store.dispatch({ type: 'form', form: null });
    await settle();
    expect(state().drafts).toMatchObject({
      'write bakery-0417': { text: expect.stringMatching(/Then 27/u) },
    });
  });

  it('keeps a hint until the teacher has answered', async () => {
    const { host, press, store, state } = await review({}, IN_ORDER);
    await press('ask');
    const form = { kind: 'ask', hint: 'Work out one pack first.' } as const;
    store.dispatch({ type: 'form', form });
    host.refuse = 'The teacher cannot be reached.';
    await press('save-form');
    expect(state().said.text).toMatch(/cannot be reached/u);
    await press('ask');
    expect(state().form).toEqual(form);
    await press('save-form', 'ask');
    expect(state().form).toEqual({ kind: 'ask', hint: '' });
  });

  it('lets the step behind the last be called the first wrong one: it is missing', async () => {
    const { press, store, state, acts } = await review({}, IN_ORDER);
    await press('first-error');
    const steps = shownRecord(state())?.attempts[0]?.steps.length ?? 0;
    const { form } = state();
    if (form?.kind !== 'first-error') throw new Error('no form');
    const choices = stepChoices(steps, form.step);
    expect(choices).toHaveLength(steps + 1);
    const last = choices.at(-1) ?? 0;
    store.dispatch({ type: 'form', form: { ...form, step: last, errorKind: 'missing_step' } });
    await press('save-form');
    expect(acts().at(-1)).toMatchObject({ act: { type: 'first-error', step: steps + 1 } });
    expect(shownRecord(state())?.attempts[0]?.firstError?.step).toBe(steps + 1);
  });

  it('sends no form that lacks something', async () => {
    const { press, control, state, acts } = await review({}, IN_ORDER);
    await press('write', 'save-form');
    expect(state().formProblem).toBe('need.text');
    await press('escape', 'fix-gold', 'save-form');
    expect(state().formProblem).toBe('need.reason');
    expect(acts()).toEqual([]);
    control.act('escape');
  });

  it('starts anew where what was kept cannot be read', () => {
    for (const kept of [null, 7, 'x', {}, { sel: 3 }, { sel: null, filter: { scope: 'moon' } }]) {
      expect(readKept(kept)).toMatchObject({ sel: null, filter: NO_FILTER, draft: {} });
    }
  });
});
