import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ask } from '../../../../webview/review/ask.ts';
import { bulk, confirm } from '../../../../webview/review/batch.ts';
import { acceptable } from '../../../../webview/review/decide.ts';
import { hasDraft, shownCandidate, shownRecord } from '../../../../webview/review/state.ts';
import { clock, IN_ORDER, review, settle } from './controlRig.ts';

beforeEach(() => {
  vi.useFakeTimers();
  clock.now = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

describe('Control', () => {
  it('starts at the first undecided item, with its record', async () => {
    const { state } = await review({}, IN_ORDER);
    expect(state()).toMatchObject({
      link: 'ready',
      at: 0,
      selected: 'bakery-0417',
      shown: 'bakery-0417',
    });
    expect(shownRecord(state())?.question).toMatch(/^A bakery/u);
  });

  it('accepts and goes on to the next undecided one', async () => {
    const { press, state, statusOf, acts } = await review({}, IN_ORDER);
    await press('next', 'accept', 'previous');
    expect(acts()).toEqual([{ id: 'tickets-0533', act: { type: 'accept' } }]);
    expect(statusOf('tickets-0533')).toBe('accepted');
    expect(state().selected).toBe('tickets-0533');
    await press('previous', 'accept');
    // The next one is decided already, so it is passed over.
    expect(state().selected).toBe('lake-0601');
  });

  it('shows a decision before the host has answered', async () => {
    const { control, statusOf, state } = await review({}, IN_ORDER);
    clock.now += 1000;
    control.act('accept');
    expect(statusOf('bakery-0417')).toBe('accepted');
    expect(state().pending.get('bakery-0417')).toBe(1);
    await settle();
    expect(state().pending.size).toBe(0);
  });

  it('takes a refused decision back, with the reason at its row', async () => {
    const { host, press, state, statusOf } = await review({}, IN_ORDER);
    host.refuse = 'Another window froze the round.';
    await press('accept');
    expect(statusOf('bakery-0417')).toBe('todo');
    expect(state().notices.get('bakery-0417')).toBe('Another window froze the round.');
    expect(state().said.text).toBe('Not saved: Another window froze the round.');
    await press('first', 'accept');
    expect(statusOf('bakery-0417')).toBe('accepted');
    expect(state().notices.has('bakery-0417')).toBe(false);
  });

  it('decides nothing on an item that is not on screen yet, and loses no key', async () => {
    const { host, control, acts, state } = await review({}, { ...IN_ORDER, sel: 'q-1004' });
    // Faster than the host answers: each decision waits for its own item.
    for (let n = 0; n < 5; n += 1) control.act('accept');
    await vi.advanceTimersByTimeAsync(2000);
    const ids = acts().map((params) => (params as { id: string }).id);
    expect(ids).toEqual(['q-1004', 'q-1005', 'q-1006', 'q-1007', 'q-1008']);
    expect(new Set(host.decisions.map(({ type }) => type))).toEqual(new Set(['accept']));
    expect(state().selected).toBe('q-1009');
  });

  it('acts in the order of the keys, however fast they come', async () => {
    const { control, acts } = await review({ count: 400 }, { ...IN_ORDER, sel: 'q-1004' });
    for (const action of ['accept', 'reject', 'skip', 'accept', 'next', 'reject'] as const) {
      control.act(action);
    }
    await vi.advanceTimersByTimeAsync(2000);
    expect(acts()).toEqual([
      { id: 'q-1004', act: { type: 'accept' } },
      { id: 'q-1005', act: { type: 'reject' } },
      { id: 'q-1007', act: { type: 'accept' } },
      { id: 'q-1009', act: { type: 'reject' } },
    ]);
  });

  it('decides no item twice while the host is asked for the next one', async () => {
    const { control, acts, store } = await review({ count: 400 }, { ...IN_ORDER, sel: 'q-1100' });
    // The rows behind the cursor are not at hand.
    const at = store.state.value.at;
    store.dispatch({ type: 'stale', keep: { from: at, to: at + 1 } });
    control.act('accept');
    control.act('accept');
    await vi.advanceTimersByTimeAsync(2000);
    const ids = acts().map((params) => (params as { id: string }).id);
    expect(ids).toEqual(['q-1100', 'q-1101']);
  });

  it('loses no key when a record that has just come grows stale before it is shown', async () => {
    const { control, store, acts } = await review({ count: 400 }, { ...IN_ORDER, sel: 'q-1004' });
    clock.now += 1000;
    control.moveTo(300);
    control.act('accept');
    let once = true;
    const unsubscribe = store.state.subscribe(({ records, selected, shown }) => {
      if (!once || selected === null || selected === shown || !records.has(selected)) return;
      once = false;
      store.dispatch({ type: 'stale' });
    });
    await vi.advanceTimersByTimeAsync(2000);
    unsubscribe();
    expect(once).toBe(false);
    expect(acts()).toHaveLength(1);
  });

  it('goes on to the next item although the queue is made anew just then', async () => {
    const { control, store, acts, state } = await review(
      { count: 400 },
      { ...IN_ORDER, sel: 'q-1100' },
    );
    // The rows behind the cursor are not at hand, so that the host is asked where to go.
    const { at } = store.state.value;
    store.dispatch({ type: 'stale', keep: { from: at, to: at + 1 } });
    clock.now += 1000;
    control.act('accept');
    void control.link.again();
    await vi.advanceTimersByTimeAsync(2000);
    expect(acts()).toHaveLength(1);
    expect(state().selected).toBe('q-1101');
  });

  it('is not thrown back to where it was when a queue was asked for', async () => {
    const { control, state } = await review({}, IN_ORDER);
    clock.now += 1000;
    const again = control.link.again();
    control.moveTo(7);
    const { selected } = state();
    await vi.advanceTimersByTimeAsync(2000);
    await again;
    expect(state().selected).toBe(selected);
    expect(state().at).toBe(7);
  });

  it('lets the detail follow a moment later while keys come fast', async () => {
    const { control, state } = await review({}, IN_ORDER);
    await control.link.need(0, 30);
    for (let n = 0; n < 5; n += 1) {
      clock.now += 30;
      control.act('next');
    }
    expect(state().at).toBe(5);
    expect(state().shown).not.toBe(state().selected);
    await settle();
    expect(state().shown).toBe(state().selected);
  });

  it('asks for a second yes where the shown rationale does not pass', async () => {
    const { press, state, acts } = await review({}, { ...IN_ORDER, sel: 'hostile-0702' });
    expect(shownCandidate(state())?.passes).toBe(false);
    await press('accept');
    expect(state().form?.kind).toBe('override');
    expect(acts()).toEqual([]);
    const id = shownCandidate(state())?.id;
    await press('accept');
    expect(acts()).toEqual([{ id: 'hostile-0702', act: { type: 'accept', candidate: id } }]);
  });

  it('says of one rationale among several that it is dropped, not that the item is rejected', async () => {
    const { press, state, statusOf } = await review({}, { ...IN_ORDER, sel: 'bakery-0417' });
    await press('accept', 'previous', 'toggle-candidate');
    expect(statusOf('bakery-0417')).toBe('accepted');
    expect(state().said.text).toMatch(/^Rationale dropped\. /u);
    await press('toggle-candidate');
    expect(state().said.text).toMatch(/^Rationale accepted\. /u);
    await press('previous', 'reject');
    expect(state().said.text).toMatch(/^Rejected\. /u);
  });

  it('says why where there is nothing to accept', async () => {
    const { press, state, acts } = await review({}, { ...IN_ORDER, sel: 'lake-0601' });
    await press('accept');
    expect(acts()).toEqual([]);
    expect(state().said.text).toMatch(/no rationale/u);
  });

  it('accepts what a plain yes is about: not the rationale of the data beside a failing one', async () => {
    const { press, state, store, acts } = await review({}, { ...IN_ORDER, sel: 'bakery-0417' });
    const record = shownRecord(state());
    const [first, second] = record?.candidates ?? [];
    if (!record || !first || !second) throw new Error('Two candidates are needed.');
    const candidates = [
      { ...first, passes: false },
      { ...second, source: 'dataset' as const, passes: true, status: 'accepted' as const },
    ];
    store.dispatch({ type: 'decided', record: { ...record, candidates } });
    expect(acceptable({ ...record, candidates })).toEqual([]);
    await press('candidate-2', 'accept');
    expect(acts()).toEqual([{ id: 'bakery-0417', act: { type: 'accept', candidate: second.id } }]);
  });

  it('calls a text a draft once it was changed, and by the form it was begun in', async () => {
    const { press, state, store } = await review({}, { ...IN_ORDER, sel: 'bakery-0417' });
    await press('edit', 'escape');
    expect(hasDraft(state(), 'edit')).toBe(false);
    await press('write');
    store.dispatch({ type: 'form', form: { kind: 'write', text: 'First 6 * 12 = 72.' } });
    await press('escape');
    expect([hasDraft(state(), 'edit'), hasDraft(state(), 'write')]).toEqual([false, true]);
    await press('edit');
    const candidate = shownCandidate(state())?.id ?? '';
    store.dispatch({ type: 'form', form: { kind: 'edit', candidate, text: 'Another text.' } });
    await press('escape');
    expect(hasDraft(state(), 'edit')).toBe(true);
  });

  it('walks back through its decisions and forth again', async () => {
    const { press, state, statusOf, host } = await review({}, IN_ORDER);
    await press('accept', 'reject', 'undo');
    expect(state().selected).toBe('tickets-0533');
    expect(statusOf('tickets-0533')).toBe('todo');
    await press('undo');
    expect(statusOf('bakery-0417')).toBe('todo');
    await press('undo');
    expect(state().said.text).toBe('Nothing to undo.');
    await press('redo', 'redo');
    expect([statusOf('bakery-0417'), statusOf('tickets-0533')]).toEqual(['accepted', 'rejected']);
    expect(host.decisions.length).toBeGreaterThan(1);
  });

  it('takes back the decision of this very moment, and names that one', async () => {
    const { host, control, statusOf, state } = await review({}, IN_ORDER);
    host.late = 100;
    clock.now += 1000;
    control.act('accept');
    control.act('undo');
    await vi.advanceTimersByTimeAsync(50);
    expect(statusOf('bakery-0417')).toBe('todo');
    expect(host.decisions).toEqual([]);
    await settle();
    expect(state().said.text).toMatch(/^Undone: .*bakery-0417/u);
    control.act('accept');
    await settle();
    // The snapshot at hand still names the first step.
    control.act('reject');
    control.act('undo');
    await settle();
    await settle();
    expect(state().said.text).toMatch(/^Undone: .*tickets-0533/u);
    expect(statusOf('bakery-0417')).toBe('accepted');
  });

  it('keeps nothing of one round on screen in another', async () => {
    const { host, control, store, state, acts } = await review({}, IN_ORDER);
    host.late = 100;
    control.act('write');
    const form = { kind: 'write', text: 'First 6 * 12 = 72.' } as const;
    store.dispatch({ type: 'form', form });
    control.act('mark');
    bulk(control, 'accept');
    const turning = control.turnTo(0);
    let gap = false;
    const unsubscribe = store.state.subscribe(({ snapshot, shown, marked, overlay }) => {
      if (snapshot?.round !== 0 || gap) return;
      gap = true;
      expect([shown, marked.size, overlay.kind]).toEqual([null, 0, 'none']);
      // It waits until the item of the new round is there.
      control.act('pair');
      expect(acts()).toEqual([]);
    });
    await turning;
    unsubscribe();
    await vi.advanceTimersByTimeAsync(1000);
    expect(gap).toBe(true);
    expect(state()).toMatchObject({ shown: 'bakery-0417', form: null });
    expect(state().drafts).toEqual({ 'write bakery-0417': form });
    expect(host.calls.filter(({ method }) => method === 'decide')).toHaveLength(1);
    // Another view turns back: the item of that round is shown without a word from this one.
    host.tell({ round: 1 });
    await settle();
    await settle();
    expect(state()).toMatchObject({ shown: 'bakery-0417', snapshot: { round: 1 } });
  });

  it('decides nothing in a round that is not the one on screen', async () => {
    const { host, press, control, state, acts } = await review({}, IN_ORDER);
    host.late = 60_000;
    host.tell({ round: 0 });
    await press('pair', 'undo');
    bulk(control, 'reject');
    await confirm(control);
    await ask(control, ['bakery-0417'], { kind: 'ask', hint: '' });
    await settle();
    expect(acts()).toHaveLength(1);
    expect(host.decisions).toEqual([]);
    expect(state().snapshot?.round).toBe(1);
  });

  it('decides nothing where the round is frozen, and says so', async () => {
    const { press, state, acts } = await review(
      { snapshot: { writable: false, reason: 'Round 1 is frozen.' } },
      IN_ORDER,
    );
    await press('accept', 'reject', 'pair', 'edit', 'undo');
    expect(acts()).toEqual([]);
    expect(state().form).toBeNull();
    expect(state().said.text).toBe('Round 1 is frozen.');
  });

  it('decides nothing on a text that nobody has seen, and shows it', async () => {
    const { host, press, control, state, statusOf, acts } = await review({}, IN_ORDER);
    const shown = shownRecord(state());
    const written = 'Another text: 6 * 12 = 72, 72 - 45 = 27, 27 - 13 = 14.\nAnswer: 14';
    // The host has it, the view has not heard of it yet.
    const tell = host.tell.bind(host);
    host.tell = () => undefined;
    host.decideElsewhere('bakery-0417', { type: 'write', rationale: written });
    host.tell = tell;
    clock.now += 1000;
    control.act('accept');
    await settle();
    expect(host.decisions.filter(({ type }) => type === 'accept')).toEqual([]);
    expect(state()).toMatchObject({ selected: 'bakery-0417', shown: 'bakery-0417', form: null });
    expect(state().notices.get('bakery-0417')).toMatch(/nothing was decided/u);
    expect(state().said.text).toMatch(/bakery-0417 has changed/u);
    expect(shownRecord(state())?.candidates.length).toBe((shown?.candidates.length ?? 0) + 1);
    // The next key of a fast hand is no look at it.
    control.act('accept');
    await settle();
    expect(acts()).toHaveLength(1);
    await press('accept');
    expect(acts()).toHaveLength(2);
    expect(statusOf('bakery-0417')).not.toBe('todo');
  });

  it('decides nothing behind the key list, whoever asks for it', async () => {
    const { control, press, acts, state } = await review({}, IN_ORDER);
    await press('keys');
    for (const action of ['accept', 'undo', 'next', 'edit'] as const)
      expect(control.press(action)).toBe(false);
    await settle();
    expect(acts()).toEqual([]);
    expect(state()).toMatchObject({ at: 0, form: null, overlay: { kind: 'keys' } });
    expect(control.press('escape')).toBe(true);
    expect(control.press('accept')).toBe(true);
    await settle();
    expect(acts()).toHaveLength(1);
  });

  it('shows what others decided', async () => {
    const { host, statusOf } = await review({}, IN_ORDER);
    host.decideElsewhere('tickets-0533', { type: 'reject' });
    await settle();
    expect(statusOf('tickets-0533')).toBe('rejected');
  });

  it('does not ask for everything anew after its own decisions', async () => {
    const { host, press } = await review({}, IN_ORDER);
    const queries = () => host.calls.filter(({ method }) => method === 'query').length;
    const before = queries();
    await press('accept', 'accept', 'pair');
    expect(queries()).toBe(before);
  });
});
