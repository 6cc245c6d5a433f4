import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openWindow, reviewOf, type ReviewWindow } from '../../../fakes/reviewWindow.ts';

const id = (index: number): string => `bench-${String(index).padStart(6, '0')}`;
const stale = { code: 'STALE' };
const none = { round: null, seen: null };

const statusOf = async (window: ReviewWindow, index: number) =>
  (await window.ask('record', { id: id(index) })).row.status;

describe('what a person has seen', () => {
  it('is all that is decided on: a text that came meanwhile is shown first', async () => {
    const window = await reviewOf(20);
    const shown = await window.ask('record', { id: id(5) });
    const other = await openWindow(window.root);
    const rationale = shown.candidates[0]?.rationale.replace('in all', 'altogether') ?? '';
    await other.ask('decide', { id: id(5), act: { type: 'write', rationale }, ...none });
    await window.service.refresh();

    const accept = { id: id(5), act: { type: 'accept' as const }, round: 0 };
    await expect(window.ask('decide', { ...accept, seen: shown.stamp })).rejects.toMatchObject({
      ...stale,
      message: 'The item has changed since it was shown: nothing was decided.',
    });
    const now = await window.ask('record', { id: id(5) });
    expect(now.candidates.map(({ status }) => status).sort()).toEqual(['edited', 'todo']);
    const { record } = await window.ask('decide', { ...accept, seen: now.stamp });
    expect(record.candidates.map(({ status }) => status).sort()).toEqual(['accepted', 'edited']);
  });

  it('stays what was seen while decisions follow each other', async () => {
    const window = await reviewOf(20);
    const { stamp, attempts } = await window.ask('record', { id: id(5) });
    const decide = { id: id(5), round: 0, seen: stamp };
    const sample = attempts[0]?.sample ?? 0;
    await Promise.all([
      window.ask('decide', { ...decide, act: { type: 'accept' } }),
      window.ask('decide', { ...decide, act: { type: 'pair', sample, keep: false } }),
      window.ask('decide', { ...decide, act: { type: 'reject' } }),
    ]);
    expect(await statusOf(window, 5)).toBe('rejected');
  });

  it('is the round that is shown, whichever was asked for last', async () => {
    const window = await reviewOf(20);
    const second = join(window.root, 'rounds', '1');
    await cp(join(window.root, 'rounds', '0'), second, { recursive: true });
    const state = join(second, 'round.json');
    await writeFile(state, (await readFile(state, 'utf8')).replace('"round":0', '"round":1'));
    await window.ask('run', { verb: 'reload' });
    const { stamp } = await window.ask('record', { id: id(5) });
    await window.ask('round', { round: 0 });
    // The list of the round that was picked is here, its header and record are not yet.
    const ids = await window.query();
    expect(window.service.snapshot().round).toBe(0);
    const before = window.service.snapshot().counts;

    const act = { type: 'pair' as const, sample: 0, keep: false };
    const answers = await Promise.allSettled([
      window.ask('decide', { id: id(5), act, round: 1, seen: stamp }),
      window.ask('bulk', { act: 'reject', ids: null, expected: ids.length, round: 1 }),
      window.ask('undo', { round: 1 }),
      window.ask('redo', { round: 1 }),
      window.ask('ask', { ids: [id(5)], hint: 'slower', round: 1 }),
      window.ask('spotCheck', { size: 5, round: 1 }),
      window.ask('acceptRest', { expected: 5, round: 1 }),
    ]);
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 'rejected', reason: stale });
    }
    expect(window.service.snapshot().counts).toEqual(before);
    expect((await window.ask('record', { id: id(5) })).hint).toBeNull();
    await window.ask('decide', { id: id(5), act: { type: 'accept' }, round: 0, seen: stamp });
    expect(await statusOf(window, 5)).toBe('accepted');
  });
});
