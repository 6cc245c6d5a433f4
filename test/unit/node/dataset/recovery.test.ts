import { appendFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OpenDatasetOptions, Recovery } from '../../../../src/node/dataset/dataset.ts';
import { GO, opened, openedOf, settled, type TestDataset } from '../../../fakes/openTestDataset.ts';

const THREE = '{"a":"1"}\r\n{"a":"2"}\n{"a":"3"}';

/** Some of everything: what a session leaves behind. */
async function edit(of: TestDataset): Promise<void> {
  await of.setText('o0', 'a', 'edited ü');
  await of.dataset.insert('o1');
  await of.setText('n0', 'a', 'x'.repeat(2_100_000));
  await of.dataset.duplicate(['o2']);
  await of.dataset.move(['n0'], 'o0');
  await of.dataset.remove(['o1']);
  await of.edits[4]?.undo();
  await of.edits[4]?.redo();
}

/** Closes as a window does that is closed with unsaved edits, and opens the file again. */
async function again(
  of: TestDataset,
  options: Partial<OpenDatasetOptions> = {},
): Promise<TestDataset> {
  await of.dataset.dispose();
  return opened({ path: of.path, journalFolder: of.journalFolder, ...options });
}

const journalsOf = async (of: TestDataset): Promise<string[]> =>
  (await readdir(of.journalFolder))
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(of.journalFolder, name));

const isRestored = (recovery: Recovery | null): boolean =>
  recovery !== null && recovery.restored > 0 && recovery.aside.length === 0;

describe('unsaved edits', () => {
  it('are made again when the file is opened the next time, and saved as they would have been', async () => {
    for (const wholeBytes of [0, 1 << 25]) {
      const of = await openedOf(THREE, { wholeBytes });
      await edit(of);
      const lines = await of.lines();
      const copy = join(dirname(of.path), 'copy');
      await of.dataset.saveAs(copy, GO);
      const next = await again(of, { wholeBytes });
      expect(isRestored(next.dataset.recovery())).toBe(true);
      expect(next.dataset.state()).toMatchObject({
        dirty: true,
        edited: 1,
        inserted: 2,
        deleted: 1,
      });
      expect(await next.lines()).toEqual(lines);
      await next.dataset.save(GO);
      expect((await next.file()).equals(await readFile(copy))).toBe(true);
      expect(await readdir(next.journalFolder)).toEqual([]);
      expect((await again(next)).dataset.recovery()).toBeNull();
    }
  });

  it('outlive several windows, each with edits of its own', async () => {
    let of = await openedOf(THREE);
    await of.setText('o0', 'a', 'first');
    of = await again(of);
    await of.setText('o1', 'a', 'second');
    of = await again(of);
    await of.dataset.insert('o2');
    of = await again(of);
    expect(await of.lines()).toEqual(['{"a":"first"}', '{"a":"second"}', '{"a":"3"}', '{"a":""}']);
    await of.dataset.save(GO);
    expect((await of.file()).toString('utf8')).toBe(
      '{"a":"first"}\r\n{"a":"second"}\n{"a":"3"}\r\n{"a":""}',
    );
  });

  it('after a save are about the saved file, undo past it included', async () => {
    for (const wholeBytes of [0, 1 << 25]) {
      const of = await openedOf(THREE, { wholeBytes });
      await of.dataset.remove(['o0', 'o1']);
      await of.setText('o2', 'a', 'edited');
      await of.dataset.duplicate(['o2']);
      await of.dataset.save(GO);
      for (const act of of.edits.toReversed()) await act.undo();
      expect(await of.lines()).toEqual(['{"a":"1"}', '{"a":"2"}', '{"a":"3"}']);
      const next = await again(of, { wholeBytes });
      expect(await next.lines()).toEqual(['{"a":"1"}', '{"a":"2"}', '{"a":"3"}']);
      await next.dataset.save(GO);
      expect((await next.file()).toString('utf8')).toBe(THREE);
    }
  });

  it('that were taken back leave no journal', async () => {
    const of = await openedOf(THREE);
    await of.dataset.remove(['o0']);
    expect(await journalsOf(of)).toHaveLength(1);
    await of.edits[0]?.undo();
    expect(await journalsOf(of)).toEqual([]);
    expect((await again(of)).dataset.recovery()).toBeNull();
  });

  it('that were dropped do not come back', async () => {
    const of = await openedOf(THREE);
    await of.dataset.remove(['o0']);
    await of.dataset.dispose({ discard: true });
    expect(await readdir(of.journalFolder)).toEqual([]);
    const other = await openedOf(THREE);
    await other.dataset.remove(['o0']);
    await other.dataset.revert(GO);
    expect(await journalsOf(other)).toEqual([]);
    expect((await again(other)).dataset.recovery()).toBeNull();
  });

  it('of lines that are no text come back byte for byte', async () => {
    const bytes = Buffer.concat([Buffer.from([0x7b, 0xff, 0x7d]), Buffer.from('\n{"a":1}\n')]);
    const of = await openedOf(bytes);
    await of.dataset.duplicate(['o0']);
    const next = await again(of);
    await next.dataset.save(GO);
    expect((await next.file()).equals(Buffer.concat([bytes.subarray(0, 4), bytes]))).toBe(true);
  });

  it('are not read by a document that opens the file meanwhile', async () => {
    const of = await openedOf(THREE);
    await of.dataset.remove(['o0']);
    const other = await opened({ path: of.path, journalFolder: of.journalFolder });
    expect(other.dataset.recovery()).toBeNull();
    expect(other.dataset.state()).toMatchObject({ rows: 3, dirty: false });
  });

  it('are found by the real path of the file', async () => {
    const of = await openedOf(THREE);
    await of.dataset.remove(['o0']);
    const next = await again(of, { path: join(dirname(of.path), '.', 'data.jsonl') });
    expect(next.dataset.state().rows).toBe(2);
    const elsewhere = join(dirname(of.path), 'elsewhere.jsonl');
    await writeFile(elsewhere, THREE);
    const other = await opened({ path: elsewhere, journalFolder: of.journalFolder });
    expect(other.dataset.recovery()).toBeNull();
  });
});

describe('unsaved edits of a file that was changed meanwhile', () => {
  it('are put aside and reported, and land on no row', async () => {
    for (const wholeBytes of [0, 1 << 25]) {
      const of = await openedOf(THREE, { wholeBytes });
      await of.setText('o1', 'a', 'edited');
      await of.dataset.dispose();
      await writeFile(of.path, '{"b":"1"}\n{"b":"2"}\n{"b":"3"}\n');
      const next = await opened({ path: of.path, journalFolder: of.journalFolder, wholeBytes });
      const { restored, aside } = next.dataset.recovery() ?? { restored: -1, aside: [] };
      expect([restored, aside.length]).toEqual([0, 1]);
      expect(await readFile(aside[0] ?? '', 'utf8')).toContain('edited');
      expect(next.dataset.state()).toMatchObject({ dirty: false, edited: 0 });
      expect((await again(next)).dataset.recovery()).toBeNull();
    }
  });

  it('fit again when the same content comes back', async () => {
    const of = await openedOf(THREE);
    await of.setText('o1', 'a', 'edited');
    await of.dataset.dispose();
    await writeFile(`${of.path}.new`, THREE);
    await rename(`${of.path}.new`, of.path);
    const next = await opened({ path: of.path, journalFolder: of.journalFolder });
    expect(isRestored(next.dataset.recovery())).toBe(true);
  });
});

describe('a damaged journal', () => {
  const damaged = async (damage: (text: string) => string): Promise<TestDataset> => {
    const of = await openedOf(THREE);
    await of.setText('o0', 'a', 'first');
    await of.setText('o1', 'a', 'second');
    await of.dataset.dispose();
    const [journal = ''] = await journalsOf(of);
    await writeFile(journal, damage(await readFile(journal, 'utf8')));
    return opened({ path: of.path, journalFolder: of.journalFolder });
  };

  it('fault: kill -9 host at every journal operation: a torn last line is left out, the edits before it are made', async () => {
    const of = await damaged((text) => text.slice(0, -30));
    expect(await of.lines()).toEqual(['{"a":"first"}', '{"a":"2"}', '{"a":"3"}']);
    expect(of.dataset.recovery()).toEqual({ restored: 1, aside: [] });
  });

  it('fault: journal edited or git-merged (conflict markers): edits after the damage are not made on other rows', async () => {
    const of = await damaged((text) => text.replace('first', 'forged'));
    expect(await of.lines()).toEqual(['{"a":"1"}', '{"a":"2"}', '{"a":"3"}']);
    const [aside = ''] = of.dataset.recovery()?.aside ?? [];
    expect(await readFile(aside, 'utf8')).toContain('second');
  });

  it('fault: older / newer schema version: a journal of a newer version is put aside', async () => {
    const of = await damaged((text) => text.replaceAll('"v":1', '"v":2'));
    expect(of.dataset.recovery()).toMatchObject({ restored: 0 });
    expect(of.dataset.recovery()?.aside).toHaveLength(1);
    expect(of.dataset.state().dirty).toBe(false);
  });

  it('with acts that do not fit the rows stops there and keeps a copy', async () => {
    const of = await openedOf(THREE);
    await of.setText('o0', 'a', 'first');
    await of.setText('o0', 'a', 'second');
    await of.dataset.dispose();
    const [journal = ''] = await journalsOf(of);
    const [base = '', , last = ''] = (await readFile(journal, 'utf8')).split('\n');
    // The second act alone, under the number of the first, as no crash leaves it.
    const { sealRecord } = await import('../../../../src/node/storage/stamp.ts');
    const { sum: _, ...record } = JSON.parse(last) as Record<string, unknown>;
    await writeFile(journal, `${base}\n${sealRecord({ ...record, n: 1 }).line}\n`);
    const next = await opened({ path: of.path, journalFolder: of.journalFolder });
    expect(next.dataset.recovery()?.aside).toHaveLength(1);
    expect(await next.lines()).toEqual(['{"a":"1"}', '{"a":"2"}', '{"a":"3"}']);
  });

  it('or anything else in its folder keeps no file from being opened', async () => {
    const of = await damaged(() => 'nonsense\n');
    expect(of.dataset.state()).toMatchObject({ rows: 3, dirty: false });
    await writeFile(join(of.journalFolder, 'other'), '');
    expect((await again(of)).dataset.state().rows).toBe(3);
  });
});

describe('what another version of the extension left', () => {
  const BEFORE = '{"id":"a","n":1}\n{"id":"b","n":2}\r\n{"id":"c","n":3}';
  const AFTER = ['{"id":"c","n":3}', '{"id":"first ü","n":1}', '{"id":"","n":null}'];
  // Files that a past version wrote: they are kept, and never made again.
  const left = (name: string): Promise<string> => readFile(`test/fixtures/editing/${name}`, 'utf8');

  it.each([0, 1])(
    'edge case: hot exit with the extension updated in between: edits of format 1 are made again from journal and backup (%s)',
    async (which) => {
      let of = await openedOf(BEFORE);
      const backup = join(dirname(of.path), 'backup');
      if (which === 0) {
        await of.dataset.remove(['o0']);
        await of.dataset.dispose();
        const [journal = ''] = await journalsOf(of);
        await writeFile(journal, await left('journal.v1.jsonl'));
        of = await opened({ path: of.path, journalFolder: of.journalFolder });
      } else {
        await writeFile(backup, await left('backup.v1.jsonl'));
        of = await again(of, { backup });
      }
      expect(isRestored(of.dataset.recovery())).toBe(true);
      expect(of.dataset.state()).toMatchObject({ edited: 1, inserted: 1, deleted: 1, dirty: true });
      expect(await of.lines()).toEqual(AFTER);
      await of.dataset.save(GO);
      expect((await of.file()).toString('utf8')).toBe(AFTER.join('\n'));
    },
  );

  it('edge case: hot exit with the extension updated in between: of a newer format it is kept, and no edit is made', async () => {
    const of = await openedOf(BEFORE);
    const backup = join(dirname(of.path), 'backup');
    const newer = (await left('backup.v1.jsonl')).replaceAll('"v":1', '"v":2');
    await writeFile(backup, newer);
    const next = await again(of, { backup });
    expect(next.dataset.state()).toMatchObject({ dirty: false, edited: 0 });
    expect(await next.lines()).toEqual(BEFORE.split(/\r?\n/u));
    const { aside } = next.dataset.recovery() ?? { aside: [] };
    expect(await Promise.all(aside.map((path) => readFile(path, 'utf8')))).toEqual([newer]);
  });
});

describe('a backup for the editor', () => {
  it('holds the edits and not the file', async () => {
    const of = await openedOf('{"a":"1"}\n'.repeat(200_000));
    await of.setText('o5', 'a', 'edited');
    await of.dataset.remove(['o0', 'o9']);
    const backup = join(dirname(of.path), 'backup');
    await of.dataset.backup(backup, GO);
    expect((await readFile(backup)).length).toBeLessThan(5_000);
    await of.dataset.dispose({ discard: true });
    const next = await opened({ path: of.path, journalFolder: of.journalFolder, backup });
    await settled(next);
    expect(isRestored(next.dataset.recovery())).toBe(true);
    expect(next.dataset.state()).toMatchObject({ edited: 1, deleted: 2, dirty: true });
    expect((await next.dataset.record('o5')).raw).toBe('{"a":"edited"}');
    expect((await again(next)).dataset.state()).toMatchObject({ edited: 1, deleted: 2 });
  });

  it('after a save holds what differs from the saved file', async () => {
    const of = await openedOf(THREE);
    await edit(of);
    await of.dataset.save(GO);
    await of.edits[0]?.undo();
    await of.dataset.remove(['n1']);
    const backup = join(dirname(of.path), 'backup');
    await of.dataset.backup(backup, GO);
    const lines = await of.lines();
    await of.dataset.dispose({ discard: true });
    const next = await opened({ path: of.path, journalFolder: of.journalFolder, backup });
    expect(await next.lines()).toEqual(lines);
  });

  it('gives way to the journal of the same session, which has all that it has', async () => {
    const of = await openedOf(THREE);
    await of.setText('o0', 'a', 'first');
    const backup = join(dirname(of.path), 'backup');
    await of.dataset.backup(backup, GO);
    await of.setText('o0', 'a', 'second');
    const next = await again(of, { backup });
    expect((await next.dataset.record('o0')).raw).toBe('{"a":"second"}');
    expect(await journalsOf(next)).toHaveLength(1);
  });

  it('of another content is put aside', async () => {
    const of = await openedOf(THREE);
    await of.setText('o0', 'a', 'first');
    const backup = join(dirname(of.path), 'backup');
    await of.dataset.backup(backup, GO);
    await of.dataset.dispose({ discard: true });
    await appendFile(of.path, 'x');
    const next = await opened({ path: of.path, journalFolder: of.journalFolder, backup });
    expect(next.dataset.recovery()).toMatchObject({ restored: 0 });
    expect(next.dataset.state().dirty).toBe(false);
  });

  it('that is gone is none', async () => {
    const of = await openedOf(THREE);
    const next = await again(of, { backup: join(dirname(of.path), 'none') });
    expect(next.dataset.recovery()).toBeNull();
  });
});
