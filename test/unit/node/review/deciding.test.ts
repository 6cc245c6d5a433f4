import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aManifest } from '../../../fakes/projectFolder.ts';
import { openWindow, reviewOf } from '../../../fakes/reviewWindow.ts';

const id = (index: number): string => `bench-${String(index).padStart(6, '0')}`;

describe('deciding in Review', () => {
  it('writes an event of this process before it answers, and another window reads it', async () => {
    const window = await reviewOf(20);
    const before = window.service.snapshot();
    const { record, rev } = await window.ask('decide', {
      id: id(5),
      act: { type: 'accept' },
      round: null,
      seen: null,
    });
    expect(record.row).toMatchObject({ status: 'accepted', by: 'person' });
    expect(rev).toBeGreaterThan(before.rev);

    const folder = join(window.root, 'rounds', '0', 'decisions');
    const own = (await readdir(folder)).filter((name) => !name.startsWith('bench-'));
    expect(own).toHaveLength(1);
    expect(await readFile(join(folder, own[0] ?? ''), 'utf8')).toContain('"type":"accept"');

    const other = await openWindow(window.root);
    const seen = await other.ask('record', { id: id(5) });
    expect(seen.row.status).toBe('accepted');
    expect(other.service.snapshot().counts).toEqual(window.service.snapshot().counts);
  });

  it('fault: two windows + command line on one project: what one decides the other shows', async () => {
    const window = await reviewOf(20);
    const other = await openWindow(window.root);
    await other.service.ready();
    await window.ask('decide', {
      id: id(7),
      act: { type: 'reject', reason: 'too short' },
      round: null,
      seen: null,
    });
    await other.service.refresh();
    const { row, log } = await other.ask('record', { id: id(7) });
    expect(row.status).toBe('rejected');
    expect(log[0]?.reason).toBe('too short');
    expect(other.service.snapshot().counts.rejected).toBe(1);
  });

  it('undoes and brings back step by step, also after the window was closed', async () => {
    const window = await reviewOf(20);
    await window.ask('decide', { id: id(5), act: { type: 'accept' }, round: null, seen: null });
    await window.ask('decide', { id: id(6), act: { type: 'reject' }, round: null, seen: null });
    expect(window.service.snapshot().undo).toContain(id(6));
    await window.service.dispose();

    const again = await openWindow(window.root);
    await again.service.ready();
    expect((await again.ask('undo', { round: null })).id).toBe(id(6));
    expect((await again.ask('record', { id: id(6) })).row.status).toBe('todo');
    expect((await again.ask('undo', { round: null })).id).toBe(id(5));
    // Decisions of others are not this person's to take back.
    expect(await again.ask('undo', { round: null })).toMatchObject({ id: null });
    expect((await again.ask('redo', { round: null })).id).toBe(id(5));
    expect((await again.ask('record', { id: id(5) })).row.status).toBe('accepted');
  });

  it('refuses a frozen round with its reason, also when it was frozen a moment ago', async () => {
    const window = await reviewOf(20);
    const record = await window.ask('record', { id: id(5) });
    const manifest = { ...aManifest(1), trainSha256: '', inputs: {} };
    await writeFile(join(window.root, 'rounds/0/manifest.json'), JSON.stringify(manifest));
    await expect(
      window.ask('decide', { id: id(5), act: { type: 'accept' }, round: null, seen: null }),
    ).rejects.toMatchObject({ code: 'round.frozen' });
    expect((await window.ask('record', { id: id(5) })).row).toEqual(record.row);

    await window.service.refresh();
    const snapshot = window.service.snapshot();
    expect(snapshot).toMatchObject({ phase: 'frozen', writable: false, undo: null });
    expect(snapshot.reason).toContain('frozen');
    expect(snapshot.primary?.verb).toBe('train');
  });

  it('takes back what was decided while another window froze the round', async () => {
    const window = await reviewOf(20);
    const before = await window.ask('record', { id: id(5) });
    const { session } = await window.service.ready();
    const append = session.store.appendDecisions.bind(session.store);
    const manifest = {
      ...aManifest(1),
      trainSha256: '',
      inputs: {},
      decidedUpTo: { '0/bench-1': 0 },
    };
    // After this window has looked whether the round is frozen, and before it has written.
    session.store.appendDecisions = async (round, decisions) => {
      await writeFile(join(window.root, 'rounds/0/manifest.json'), JSON.stringify(manifest));
      return append(round, decisions);
    };
    await expect(
      window.ask('decide', { id: id(5), act: { type: 'accept' }, round: null, seen: null }),
    ).rejects.toMatchObject({ code: 'round.frozen', hint: expect.stringContaining('taken back') });
    expect((await window.ask('record', { id: id(5) })).row).toEqual(before.row);
    const again = await openWindow(window.root);
    expect((await again.ask('record', { id: id(5) })).row).toEqual(before.row);
    // Of the two decisions in the project this frozen set knows one.
    expect(again.service.snapshot().reason).toContain('1 decision came after that');
  });

  it('says what is not possible and leaves the item as it was', async () => {
    const window = await reviewOf(20);
    const before = await window.ask('record', { id: id(5) });
    await expect(
      window.ask('decide', {
        id: id(5),
        act: { type: 'fix-gold', answer: 'many', reason: 'it is wrong' },
        round: null,
        seen: null,
      }),
    ).rejects.toMatchObject({ code: 'usage' });
    await expect(
      window.ask('decide', { id: 'nobody', act: { type: 'accept' }, round: null, seen: null }),
    ).rejects.toMatchObject({ code: 'STALE' });
    expect(await window.ask('record', { id: id(5) })).toEqual(before);
  });

  it('fault: EACCES, EROFS, EMFILE, ENOENT (folder deleted mid-run): the decision is not lost unseen', async () => {
    const window = await reviewOf(20);
    await window.ask('decide', { id: id(5), act: { type: 'accept' }, round: null, seen: null });
    const folder = join(window.root, 'rounds', '0', 'decisions');
    await rm(folder, { recursive: true });
    await window.ask('decide', { id: id(6), act: { type: 'accept' }, round: null, seen: null });
    const [own = ''] = await readdir(folder);
    expect(await readFile(join(folder, own), 'utf8')).toContain(id(6));

    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file where the folder was');
    await expect(
      window.ask('decide', { id: id(7), act: { type: 'accept' }, round: null, seen: null }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^store\./u) });
    expect((await window.ask('record', { id: id(7) })).row.status).toBe('todo');
  });

  it('threat 22: decisions of others are shown with their author, not as the person’s own', async () => {
    const window = await reviewOf(20);
    const { log } = await window.ask('record', { id: id(1) });
    expect(log[0]?.by).toBe('bench');
    expect(window.service.snapshot().undo).toBeNull();

    const folder = join(window.root, 'rounds', '0', 'decisions');
    const forged = {
      type: 'accept',
      author: { kind: 'person', name: 'root' },
      items: [{ questionId: id(9), itemId: 'x' }],
      v: 1,
      writer: 'evil-1',
      seq: 0,
      at: '2026-01-01T00:00:00.000Z',
      sum: '00000000',
    };
    await mkdir(folder, { recursive: true });
    await appendFile(join(folder, 'evil-1.jsonl'), `${JSON.stringify(forged)}\n`);
    await window.service.refresh();
    expect((await window.ask('record', { id: id(9) })).row.status).toBe('todo');
    const banner = window.service.snapshot().banners.find(({ code }) => code === 'file-error');
    expect(banner?.message).toMatch(/Line 1 of evil-1\.jsonl .*checksum/u);
    expect(banner?.action?.verb).toBe('open-bad-line');
    expect(window.service.badLines[0]).toMatchObject({ line: 1 });
  });
});
