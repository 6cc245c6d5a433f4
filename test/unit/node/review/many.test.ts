import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_FILTER } from '../../../../src/shared/reviewQueue.ts';
import { openWindow, OUTSIDE, reviewOf } from '../../../fakes/reviewWindow.ts';

const id = (index: number): string => `bench-${String(index).padStart(6, '0')}`;

describe('many items at once', () => {
  it('acts on what the list shows, as one step, and refuses another count', async () => {
    const window = await reviewOf(40);
    await expect(
      window.ask('bulk', { act: 'accept', ids: null, expected: 1, round: null }),
    ).rejects.toMatchObject({ code: 'STALE' });
    const todo = await window.query({ status: ['todo'] });
    expect(todo).toHaveLength(36);
    await expect(
      window.ask('bulk', { act: 'accept', ids: null, expected: 35, round: null }),
    ).rejects.toMatchObject({ code: 'STALE' });
    await expect(
      window.ask('bulk', { act: 'accept', ids: [id(0)], expected: 1, round: null }),
    ).rejects.toMatchObject({ code: 'STALE' });

    const { changed } = await window.ask('bulk', {
      act: 'accept',
      ids: null,
      expected: 36,
      round: null,
    });
    expect(changed).toBe(36);
    expect(window.service.snapshot().counts).toMatchObject({ todo: 0, accepted: 40 });
    expect(window.service.snapshot().primary?.label).toBe('Runde 0 einfrieren');
    // A step about many is called by their number, and leads to none of them.
    expect(window.service.snapshot().undo).toBe('Accept 36 items');
    expect((await window.ask('undo', { round: null })).id).toBeNull();
    expect(window.service.snapshot().counts).toMatchObject({ todo: 36, accepted: 4 });
    await window.ask('redo', { round: null });
    expect(window.service.snapshot().counts.todo).toBe(0);
  });

  it('drops the pairs of chosen items and brings them back', async () => {
    const window = await reviewOf(20);
    const shown = await window.query();
    const pairs = window.service.snapshot().counts.pairs;
    const chosen = shown.slice(0, 2);
    const { changed } = await window.ask('bulk', {
      act: 'pair-drop',
      ids: chosen,
      expected: 2,
      round: null,
    });
    expect(window.service.snapshot().counts.pairs).toBe(pairs - changed);
    await window.ask('undo', { round: null });
    expect(window.service.snapshot().counts.pairs).toBe(pairs);
  });

  it('a spot check shows its sample, gives a bound, and accepts the rest in one step', async () => {
    const window = await reviewOf(50);
    const filter = { ...NO_FILTER, status: ['todo' as const] };
    const all = await window.query(filter);
    expect(all).toHaveLength(45);
    await window.ask('spotCheck', { size: 10, round: null });
    const sample = await window.query(filter);
    expect(sample).toHaveLength(10);
    expect(all).toEqual(expect.arrayContaining(sample));
    expect(window.service.snapshot().spotCheck).toMatchObject({
      drawn: 10,
      decided: 0,
      population: 45,
      remaining: 35,
      bound: null,
      random: true,
    });
    await expect(window.ask('acceptRest', { expected: 35, round: null })).rejects.toMatchObject({
      code: 'usage',
    });

    for (const [place, one] of sample.entries()) {
      await window.ask('decide', {
        id: one,
        act: place === 0 ? { type: 'reject' } : { type: 'accept' },
        round: null,
        seen: null,
      });
    }
    // The sample stays on screen when its items are decided.
    expect(await window.query(filter)).toEqual(sample);
    const { bound } = window.service.snapshot().spotCheck ?? {};
    expect(bound).toBeGreaterThan(0.1);
    expect(bound).toBeLessThan(0.5);

    // Another filter on screen: the sample says nothing about it.
    await window.query({ unflagged: true });
    expect(window.service.snapshot().spotCheck?.random).toBe(false);
    await expect(window.ask('acceptRest', { expected: 35, round: null })).rejects.toMatchObject({
      code: 'usage',
    });
    await window.query(filter);

    const again = await openWindow(window.root);
    await again.service.ready();
    expect(again.service.snapshot().spotCheck).toMatchObject({
      remaining: 35,
      random: true,
      bound,
    });

    expect((await window.ask('acceptRest', { expected: 35, round: null })).changed).toBe(35);
    expect(window.service.snapshot()).toMatchObject({ counts: { todo: 0 }, spotCheck: null });
    const rest = all.find((one) => !sample.includes(one)) ?? '';
    const { log } = await window.ask('record', { id: rest });
    expect(log[0]?.reason).toMatch(/^Spot check: 10 of 45 looked at, 1 bad; at most [\d.]+ % bad/u);
    await window.ask('undo', { round: null });
    expect(window.service.snapshot().counts.todo).toBe(35);
    expect(window.service.snapshot().spotCheck?.decided).toBe(10);
    await window.ask('spotCheck', { size: 0, round: null });
    expect(window.service.snapshot().spotCheck).toBeNull();
  });

  it('a spot check calls bad whatever accepting all would have done otherwise', async () => {
    const window = await reviewOf(50, 2);
    const filter = { ...NO_FILTER, status: ['todo' as const] };
    await window.query(filter);
    await window.ask('spotCheck', { size: 10, round: null });
    const sample = await window.query(filter);
    for (const id of sample) {
      await window.ask('decide', { id, act: { type: 'accept' }, round: null, seen: null });
    }
    expect(window.service.snapshot().spotCheck).toMatchObject({ decided: 10, bad: 0 });

    for (const id of sample) {
      const { candidates } = await window.ask('record', { id });
      const act = { type: 'reject' as const, candidate: candidates[1]?.id ?? '' };
      const { record } = await window.ask('decide', { id, act, round: null, seen: null });
      expect(record.row.status).toBe('accepted');
    }
    const { bound } = window.service.snapshot().spotCheck ?? {};
    expect(window.service.snapshot().spotCheck).toMatchObject({ decided: 10, bad: 10 });
    expect(bound).toBe(1);

    // The same after a reload, and one step back is one less.
    const again = await openWindow(window.root);
    expect(again.service.snapshot().spotCheck).toMatchObject({ bad: 10 });
    await again.ask('undo', { round: null });
    expect(again.service.snapshot().spotCheck).toMatchObject({ decided: 10, bad: 9 });
  });

  it('a spot check speaks after a reload for what it was drawn from, and for nothing else', async () => {
    const window = await reviewOf(50);
    const filter = { ...NO_FILTER, status: ['todo' as const] };
    const all = await window.query(filter);
    await window.ask('spotCheck', { size: 10, round: null });
    for (const one of await window.query(filter)) {
      await window.ask('decide', { id: one, act: { type: 'accept' }, round: null, seen: null });
    }
    // Somebody takes back what was decided before the sample was drawn: the filter finds one more now.
    const { session } = await window.service.ready();
    const author = { kind: 'person', name: 'bench' } as const;
    await session.store.decide(0, [{ type: 'undo', author, ofWriter: 'bench-1', ofSeq: 0 }]);
    expect(all).not.toContain(id(0));

    const again = await openWindow(window.root);
    await again.query(filter);
    expect((await again.ask('record', { id: id(0) })).row.status).toBe('todo');
    expect(again.service.snapshot().spotCheck).toMatchObject({ remaining: 35, random: true });
    expect((await again.ask('acceptRest', { expected: 35, round: null })).changed).toBe(35);
    expect((await again.ask('record', { id: id(0) })).row.status).toBe('todo');
  });

  it('a spot check of which it is not known what it was drawn from speaks for nothing', async () => {
    const window = await reviewOf(50);
    const filter = { ...NO_FILTER, status: ['todo' as const] };
    await window.query(filter);
    await window.ask('spotCheck', { size: 5, round: null });
    for (const one of await window.query(filter)) {
      await window.ask('decide', { id: one, act: { type: 'accept' }, round: null, seen: null });
    }
    await window.service.dispose();
    const folder = join(window.root, 'rounds', '0', 'decisions');
    for (const name of await readdir(folder)) {
      const lines = (await readFile(join(folder, name), 'utf8')).split('\n');
      const kept = lines.filter((line) => !line.includes('"type":"stratum"'));
      await writeFile(join(folder, name), kept.join('\n'));
    }
    const again = await openWindow(window.root);
    await again.query(filter);
    expect(again.service.snapshot().spotCheck).toMatchObject({ remaining: 0, random: false });
    await expect(again.ask('acceptRest', { expected: 0, round: null })).rejects.toMatchObject({
      code: 'usage',
      hint: 'Draw another one.',
    });
  });

  it('pages through the list and finds the next undecided item from any place', async () => {
    const window = await reviewOf(70);
    const { rows, total, at } = await window.ask('query', {
      filter: NO_FILTER,
      sort: 'data-order',
      near: null,
    });
    expect([rows.length, total, at]).toEqual([50, 70, 7]);
    const more = await window.ask('rows', { from: 60, to: 100 });
    expect(more.rows.map((row) => row.id)).toEqual(
      Array.from({ length: 10 }, (_, i) => id(60 + i)),
    );
    expect(await window.ask('nextTodo', { after: 69 })).toEqual({ at: 7 });
    expect(await window.ask('nextTodo', { after: -1 })).toEqual({ at: 7 });
    const near = { filter: NO_FILTER, sort: 'data-order' as const, near: id(33) };
    const around = await window.ask('query', near);
    expect(around).toMatchObject({ at: 33, from: 1 });
    expect(around.rows[32]?.id).toBe(id(33));
  });

  it('stops a query whose asker has gone', async () => {
    const window = await reviewOf(20);
    const abort = new AbortController();
    abort.abort();
    const params = { filter: NO_FILTER, sort: 'data-order' as const, near: null };
    await expect(window.handlers.query(params, abort.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('asking the teacher again', () => {
  it('writes the hint and new candidates of the project’s teacher, and counts them', async () => {
    const window = await reviewOf(20);
    const before = await window.ask('record', { id: id(5) });
    const result = await window.ask('ask', {
      ids: [id(5), id(6)],
      hint: 'Use shorter sentences.',
      round: null,
    });
    expect(result).toMatchObject({ accepted: 2, failed: 0 });
    const after = await window.ask('record', { id: id(5) });
    expect(after.hint).toBe('Use shorter sentences.');
    expect(after.candidates.length).toBe(before.candidates.length + 1);
    expect(window.service.snapshot()).toMatchObject({ job: null, canAsk: true });

    // Once more, without a hint: yet another text is asked for.
    await window.ask('ask', { ids: [id(5)], hint: '', round: null });
    expect((await window.ask('record', { id: id(5) })).hint).toContain('another way');
  });

  it('says so where a hint was answered before, and finds another one for who gives none', async () => {
    const window = await reviewOf(20);
    const ask = (hint: string, indices: readonly number[]) =>
      window.ask('ask', { ids: indices.map(id), hint, round: null });
    expect(await ask('Slower.', [5])).toMatchObject({ accepted: 1, failed: 0, unasked: 0 });
    expect(await ask('Slower.', [5, 6])).toMatchObject({ accepted: 1, failed: 0, unasked: 1 });

    expect(await ask('', [5])).toMatchObject({ accepted: 1, unasked: 0 });
    const { hint, candidates } = await window.ask('record', { id: id(5) });
    await window.ask('undo', { round: null });
    // Taken back, it was answered all the same.
    expect(await ask('', [5])).toMatchObject({ unasked: 0 });
    const after = await window.ask('record', { id: id(5) });
    expect(after.hint).not.toBe(hint);
    expect(after.candidates.length).toBeGreaterThan(candidates.length);
  });

  it('asks nobody in Restricted Mode, without a key, or beside other work', async () => {
    const window = await reviewOf(20);
    const ask = () => window.ask('ask', { ids: [id(5)], hint: '', round: null });
    window.service.setOutside({ ...OUTSIDE, trusted: false });
    await expect(ask()).rejects.toMatchObject({ code: 'trust.required' });
    window.service.setOutside({ ...OUTSIDE, teacherReady: false });
    await expect(ask()).rejects.toMatchObject({ code: 'teacher.auth' });
    window.service.setOutside(OUTSIDE);

    const { session } = await window.service.ready();
    await session.claimRun();
    await expect(ask()).rejects.toMatchObject({
      code: 'lock.held',
      message: expect.stringContaining('at work'),
    });
    expect((await window.ask('record', { id: id(5) })).hint).toBeNull();
  });

  it('an item that is opened in the editor tab is shown there by the editor; no later list jumps to it', async () => {
    const window = await reviewOf(70);
    const panel = window.service.handlersFor('panel');
    const { signal } = new AbortController();
    await window.ask('open', { id: id(40), how: 'panel', candidate: null, sample: null });
    expect(window.deeds).toEqual([`panel ${id(40)}`]);
    const list = { filter: NO_FILTER, sort: 'data-order' as const };
    expect(await panel.query({ ...list, near: id(12) }, signal)).toMatchObject({ at: 12 });
  });
});
