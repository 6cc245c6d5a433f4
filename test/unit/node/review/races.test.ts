import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reviewOf } from '../../../fakes/reviewWindow.ts';

const id = (index: number): string => `bench-${String(index).padStart(6, '0')}`;
const { signal } = new AbortController();

/** A second round with the first one's exam. */
async function twoRounds(root: string): Promise<void> {
  const second = join(root, 'rounds', '1');
  await cp(join(root, 'rounds', '0'), second, { recursive: true });
  const state = join(second, 'round.json');
  await writeFile(state, (await readFile(state, 'utf8')).replace('"round":0', '"round":1'));
}

describe('Review while its round is exchanged', () => {
  it('decides first what was decided first, and goes on', async () => {
    const window = await reviewOf(20);
    await window.service.ready();
    // The files are being looked at when a decision and a reload come in.
    const looked = window.service.refresh();
    const decided = window.ask('decide', {
      id: id(5),
      act: { type: 'accept' },
      round: null,
      seen: null,
    });
    const reloaded = window.ask('run', { verb: 'reload' });
    await Promise.all([looked, decided, reloaded]);
    expect((await window.ask('record', { id: id(5) })).row.status).toBe('accepted');
  });

  it('decides nothing in a round that this view does not show yet', async () => {
    const window = await reviewOf(20);
    await twoRounds(window.root);
    await window.ask('run', { verb: 'reload' });
    expect(window.service.snapshot().round).toBe(1);

    const ids = await window.query();
    const panel = window.service.handlersFor('panel');
    await panel.round({ round: 0 }, signal);
    const before = window.service.snapshot();
    expect(before.round).toBe(0);
    const stale = { code: 'STALE' };
    const accept = { id: id(5), act: { type: 'accept' as const }, round: null, seen: null };
    await expect(window.ask('decide', accept)).rejects.toMatchObject(stale);
    const bulk = { act: 'reject' as const, ids: null, expected: ids.length, round: null };
    await expect(window.ask('bulk', bulk)).rejects.toMatchObject(stale);
    await expect(window.ask('rows', { from: 0, to: 5 })).rejects.toMatchObject(stale);
    await expect(window.ask('undo', { round: null })).rejects.toMatchObject(stale);
    await expect(
      window.ask('ask', { ids: [id(5)], hint: 'slower', round: null }),
    ).rejects.toMatchObject(stale);
    expect(window.service.snapshot().counts).toEqual(before.counts);

    await window.query();
    expect((await window.ask('decide', accept)).record.row.status).toBe('accepted');
  });

  it('gives no hint to a round that came to be shown after the teacher was to be asked', async () => {
    const window = await reviewOf(20);
    await twoRounds(window.root);
    await window.ask('run', { verb: 'reload' });
    expect(window.service.snapshot().round).toBe(1);
    await window.query();
    // The other round is picked before the hint has its turn.
    const asked = window.ask('ask', { ids: [id(5)], hint: 'slower', round: null });
    const picked = window.service.handlersFor('panel').round({ round: 0 }, signal);
    await expect(asked).rejects.toMatchObject({ code: 'STALE' });
    await picked;
    expect((await window.ask('record', { id: id(5) })).hint).toBeNull();
  });
});
