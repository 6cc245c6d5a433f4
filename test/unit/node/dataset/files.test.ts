import {
  chmod,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/core/errors.ts';
import { nodeFs, type Fs } from '../../../../src/node/storage/fs.ts';
import { GO, opened, openedOf, settled, type TestDataset } from '../../../fakes/openTestDataset.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const THREE = '{"a":"1"}\n{"a":"2"}\n{"a":"3"}\n';
const OTHER = '{"x":"one"}\n{"x":"two"}\n{"x":"three"}\n{"x":"four"}\n';
const asRoot = process.getuid?.() === 0;

/** How another program writes a file: in its place, as editors do, or as a new one, as git does. */
const HANDS: Record<string, (path: string, text: string) => Promise<void>> = {
  'in its place': (path, text) => writeFile(path, text),
  'as a new file': async (path, text) => {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  },
};

const textOf = async (of: TestDataset): Promise<string> => (await of.file()).toString('utf8');

describe('fault: file replaced or truncated while open in the editor', () => {
  for (const [how, write] of Object.entries(HANDS)) {
    for (const wholeBytes of [0, 1 << 25]) {
      const name = `${how}, ${wholeBytes === 0 ? 'a large file' : 'a small file'}`;

      it(`changed on disk without edits, ${name}: it is read anew`, async () => {
        const of = await openedOf(THREE, { wholeBytes });
        await write(of.path, OTHER);
        await of.dataset.fileChanged();
        await settled(of);
        expect(of.dataset.state()).toMatchObject({ rows: 4, conflict: null, dirty: false });
        expect((await of.lines())[3]).toBe('{"x":"four"}');
      });

      it(`edge case: changed on disk while dirty, ${name}: a conflict, and saving is refused until it is settled`, async () => {
        const of = await openedOf(THREE, { wholeBytes });
        await of.setText('o1', 'a', 'edited');
        await write(of.path, OTHER);
        await expect(of.dataset.save(GO)).rejects.toMatchObject({ code: 'store.stale' });
        await of.dataset.fileChanged();
        expect(of.dataset.state()).toMatchObject({ conflict: 'changed', dirty: true });
        expect(await textOf(of)).toBe(OTHER);
        await of.dataset.revert(GO);
        await settled(of);
        expect(of.dataset.state()).toMatchObject({ conflict: null, dirty: false, rows: 4 });
      });
    }
  }

  for (const [how, write] of Object.entries(HANDS)) {
    for (const overwrite of [false, true]) {
      it(`changed ${how} while a save is being written${overwrite ? ', one that was agreed to' : ''}: refused, and their version stays`, async () => {
        const folder = await temporaryFolder();
        const path = join(folder, 'x.jsonl');
        await writeFile(path, THREE);
        let meanwhile: (() => Promise<void>) | null = null;
        const fs: Fs = {
          ...nodeFs,
          open: async (name, flags, mode) => {
            const handle = await nodeFs.open(name, flags, mode);
            // The temporary file of the save is the first that is made anew beside the data.
            if (flags === 'wx' && dirname(name) === folder) {
              await meanwhile?.();
              meanwhile = null;
            }
            return handle;
          },
        };
        const of = await opened({ path, journalFolder: join(folder, 'journal'), fs });
        await of.setText('o1', 'a', 'edited');
        meanwhile = () => write(path, OTHER);
        await expect(of.dataset.save(GO, { overwrite })).rejects.toMatchObject({
          code: 'store.stale',
        });
        expect(meanwhile).toBeNull();
        expect(await readFile(path, 'utf8')).toBe(OTHER);
        expect(of.dataset.state().dirty).toBe(true);
      });
    }
  }

  it('rows that were named before the file was read anew are no rows of now', async () => {
    const of = await openedOf(THREE);
    await writeFile(of.path, `{"a":"0"}\n${THREE}`);
    await of.dataset.fileChanged();
    await settled(of);
    for (const act of [
      () => of.dataset.remove(['o1']),
      () => of.dataset.duplicate(['o1']),
      () => of.dataset.move(['o1'], null),
      () => of.dataset.insert('o1'),
      () => of.dataset.record('o1'),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: 'store.stale' });
    }
    expect(of.dataset.state()).toMatchObject({ rows: 4, dirty: false });
    const [first] = await of.dataset.rows(0, 1);
    await of.dataset.remove([first?.key ?? 'o0']);
    expect(await of.lines()).toEqual(THREE.trim().split('\n'));
  });

  it('a changed file is written over on request, with the rows that were opened and edited', async () => {
    for (const [how, write] of Object.entries(HANDS)) {
      const of = await openedOf(THREE);
      await of.setText('o1', 'a', 'edited');
      await write(of.path, OTHER);
      await of.dataset.fileChanged();
      await of.dataset.save(GO, { overwrite: true });
      expect(await textOf(of), how).toBe(THREE.replace('"2"', '"edited"'));
      expect(of.dataset.state()).toMatchObject({ conflict: null, dirty: false });
      await of.edits[0]?.undo();
      await of.dataset.save(GO);
      expect(await textOf(of)).toBe(THREE);
    }
  });

  it('a large file that was replaced is still there behind its new name: it can be written over', async () => {
    const of = await openedOf(THREE, { wholeBytes: 0 });
    await of.setText('o1', 'a', 'edited');
    await HANDS['as a new file']?.(of.path, OTHER);
    await of.dataset.save(GO, { overwrite: true });
    expect(await textOf(of)).toBe(THREE.replace('"2"', '"edited"'));
  });

  it('a large file that was written to in its place is gone: no edit lands on its new rows', async () => {
    const of = await openedOf(THREE, { wholeBytes: 0 });
    await of.setText('o1', 'a', 'edited');
    const stamp = await of.stamp('o2');
    await writeFile(of.path, OTHER.slice(0, THREE.length));
    await expect(of.dataset.setLine('o2', stamp, '{}')).rejects.toMatchObject({
      code: 'store.stale',
    });
    await expect(of.dataset.save(GO, { overwrite: true })).rejects.toMatchObject({
      code: 'store.stale',
    });
    await expect(of.dataset.saveAs(`${of.path}.copy`, GO)).rejects.toMatchObject({
      code: 'store.stale',
    });
    expect(await textOf(of)).toBe(OTHER.slice(0, THREE.length));
    expect(await readdir(dirname(of.path))).toEqual(['data.jsonl', 'journals']);
  });

  it('a large file that was truncated is noticed by reading from it', async () => {
    const of = await openedOf(THREE, { wholeBytes: 0 });
    await settled(of);
    await truncate(of.path, 5);
    await expect(of.dataset.rows(0, 3)).rejects.toMatchObject({ code: 'store.stale' });
    await expect.poll(() => of.dataset.state().rows).toBe(1);
    expect(await of.lines()).toEqual(['{"a":']);
  });

  it('a small file that was truncated is still shown, and can be saved elsewhere', async () => {
    const of = await openedOf(THREE);
    await settled(of);
    await of.setText('o0', 'a', 'edited');
    await truncate(of.path, 0);
    expect(await of.lines()).toHaveLength(3);
    await of.dataset.saveAs(`${of.path}.copy`, GO);
    expect(await readFile(`${of.path}.copy`, 'utf8')).toBe(THREE.replace('"1"', '"edited"'));
    expect(await textOf(of)).toBe('');
  });

  it('edge case: git checkout mid-review: there and back, with another time and the same content it is the same file', async () => {
    const of = await openedOf(THREE);
    await of.setText('o1', 'a', 'edited');
    await HANDS['as a new file']?.(of.path, OTHER);
    await of.dataset.fileChanged();
    expect(of.dataset.state().conflict).toBe('changed');
    await HANDS['as a new file']?.(of.path, THREE);
    await utimes(of.path, 1, 1);
    await of.dataset.fileChanged();
    expect(of.dataset.state().conflict).toBeNull();
    await of.dataset.save(GO);
    expect(await textOf(of)).toBe(THREE.replace('"2"', '"edited"'));
  });

  it('is noticed by its number where size and time are those of before', async () => {
    for (const wholeBytes of [0, 1 << 25]) {
      const path = join(await temporaryFolder(), 'data.jsonl');
      await writeFile(path, THREE);
      await utimes(path, 1, 1);
      const of = await opened({ path, journalFolder: `${path}.journals`, wholeBytes });
      await of.setText('o1', 'a', 'edited');
      const theirs = THREE.replace('"3"', '"4"');
      await HANDS['as a new file']?.(path, theirs);
      await utimes(path, 1, 1);
      await expect(of.dataset.save(GO)).rejects.toMatchObject({ code: 'store.stale' });
      expect(await textOf(of)).toBe(theirs);
    }
  });

  it('its own save is no change', async () => {
    for (const wholeBytes of [0, 1 << 25]) {
      const of = await openedOf(THREE, { wholeBytes });
      await of.setText('o1', 'a', 'edited');
      await of.dataset.save(GO);
      const { rev } = of.dataset.state();
      await of.dataset.fileChanged();
      expect(of.dataset.state()).toMatchObject({ conflict: null, rows: 3, rev });
      await of.edits[0]?.undo();
      expect(of.dataset.state().dirty).toBe(true);
    }
  });

  it('the filter stays when the file is read anew', async () => {
    const of = await openedOf(THREE);
    await of.dataset.filter({ search: 'four', field: null, only: 'all' });
    await settled(of);
    expect(of.dataset.state().shown).toBe(0);
    await writeFile(of.path, OTHER);
    await of.dataset.fileChanged();
    await settled(of);
    expect(of.dataset.state()).toMatchObject({ shown: 1, filter: { search: 'four' } });
    expect((await of.dataset.rows(0, 5)).map(({ line }) => line)).toEqual([4]);
  });
});

describe('a deleted file', () => {
  it('edge case: file deleted: a conflict; its rows are still there, and it can be written again', async () => {
    for (const wholeBytes of [0, 1 << 25]) {
      const of = await openedOf(THREE, { wholeBytes });
      await settled(of);
      await of.setText('o1', 'a', 'edited');
      await rm(of.path);
      await of.dataset.fileChanged();
      expect(of.dataset.state()).toMatchObject({ conflict: 'deleted', rows: 3 });
      expect(await of.lines()).toHaveLength(3);
      await expect(of.dataset.save(GO)).rejects.toMatchObject({ code: 'store.stale' });
      await expect(of.dataset.revert(GO)).rejects.toMatchObject({ code: 'store.missing' });
      await of.dataset.save(GO, { overwrite: true });
      expect(await textOf(of)).toBe(THREE.replace('"2"', '"edited"'));
      expect(of.dataset.state()).toMatchObject({ conflict: null, dirty: false });
    }
  });

  it('that comes back without edits is read anew', async () => {
    const of = await openedOf(THREE);
    await rm(of.path);
    await of.dataset.fileChanged();
    expect(of.dataset.state().conflict).toBe('deleted');
    await writeFile(of.path, OTHER);
    await of.dataset.fileChanged();
    await settled(of);
    expect(of.dataset.state()).toMatchObject({ conflict: null, rows: 4 });
  });

  it('or one that never was is an error that names it', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'none.jsonl');
    await expect(opened({ path, journalFolder: folder })).rejects.toMatchObject({
      code: 'store.missing',
      detail: { path },
    });
    await expect(opened({ path: folder, journalFolder: folder })).rejects.toBeInstanceOf(AppError);
  });
});

describe('saving', () => {
  it('keeps mode and leaves nothing beside the file', async () => {
    const of = await openedOf(THREE);
    await chmod(of.path, 0o640);
    await of.setText('o1', 'a', 'edited');
    await of.dataset.save(GO);
    expect((await stat(of.path)).mode & 0o777).toBe(0o640);
    expect(await readdir(dirname(of.path))).toEqual(['data.jsonl', 'journals']);
    expect(await readdir(of.journalFolder)).toEqual([]);
  });

  it('edge case: symlink target: is written through the link, which stays one', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'real'));
    await writeFile(join(folder, 'real', 'data.jsonl'), THREE);
    const path = join(folder, 'link.jsonl');
    await symlink(join('real', 'data.jsonl'), path);
    const of = await opened({ path, journalFolder: join(folder, 'journals') });
    await of.setText('o1', 'a', 'edited');
    await of.dataset.save(GO);
    expect((await lstat(path)).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'real', 'data.jsonl'), 'utf8')).toBe(
      THREE.replace('"2"', '"edited"'),
    );
    expect(await readdir(join(folder, 'real'))).toEqual(['data.jsonl']);
  });

  it('with a link that leads elsewhere now is refused', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'one'), THREE);
    await writeFile(join(folder, 'two'), OTHER);
    const path = join(folder, 'link.jsonl');
    await symlink('one', path);
    const of = await opened({ path, journalFolder: join(folder, 'journals') });
    await of.setText('o1', 'a', 'edited');
    await rm(path);
    await symlink('two', path);
    await expect(of.dataset.save(GO)).rejects.toMatchObject({ code: 'store.stale' });
    expect(await readFile(join(folder, 'two'), 'utf8')).toBe(OTHER);
  });

  it.skipIf(asRoot)(
    'edge case: read-only folder: saving is a typed error, and everything stays',
    async () => {
      const of = await openedOf(THREE);
      await of.setText('o1', 'a', 'edited');
      await chmod(dirname(of.path), 0o500);
      try {
        await expect(of.dataset.save(GO)).rejects.toMatchObject({ code: 'store.denied' });
      } finally {
        await chmod(dirname(of.path), 0o700);
      }
      expect(await textOf(of)).toBe(THREE);
      expect(of.dataset.state().dirty).toBe(true);
      await of.dataset.save(GO);
      expect(await textOf(of)).toBe(THREE.replace('"2"', '"edited"'));
    },
  );

  it('without edits writes nothing', async () => {
    const of = await openedOf(THREE);
    const before = await stat(of.path);
    await of.dataset.save(GO);
    expect((await stat(of.path)).ino).toBe(before.ino);
  });

  it('can be stopped: the old file is there, and the edits are', async () => {
    const of = await openedOf('{"a":"1"}\n'.repeat(500_000), { wholeBytes: 0 });
    await of.setText('o1', 'a', 'edited');
    const abort = new AbortController();
    const saving = of.dataset.save(abort.signal);
    abort.abort();
    await expect(saving).rejects.toMatchObject({ code: 'cancelled' });
    expect(of.dataset.state()).toMatchObject({ dirty: true, edited: 1 });
    expect(await readdir(dirname(of.path))).toEqual(['data.jsonl', 'journals']);
    await of.dataset.save(GO);
    expect((await textOf(of)).slice(0, 30)).toBe('{"a":"1"}\n{"a":"edited"}\n{"a":');
  });

  it('as another file leaves the document as it is', async () => {
    const of = await openedOf(THREE);
    await of.setText('o1', 'a', 'edited');
    const copy = join(dirname(of.path), 'copy.jsonl');
    await of.dataset.saveAs(copy, GO);
    expect(await readFile(copy, 'utf8')).toBe(THREE.replace('"2"', '"edited"'));
    expect(await textOf(of)).toBe(THREE);
    expect(of.dataset.state()).toMatchObject({ dirty: true, name: 'data.jsonl' });
  });

  it('edge case: files.autoSave on: saving again and again keeps the rows and their names', async () => {
    const of = await openedOf(THREE, { wholeBytes: 0 });
    for (let turn = 0; turn < 10; turn += 1) {
      await of.setText('o1', 'a', `turn ${turn}`);
      await of.dataset.save(GO);
      await of.dataset.insert('o0');
      await of.dataset.save(GO);
      await of.dataset.move(['o2'], turn % 2 === 0 ? 'o0' : null);
      await of.dataset.save(GO);
      await of.dataset.fileChanged();
    }
    expect(await of.dataset.record('o1')).toMatchObject({ raw: '{"a":"turn 9"}', state: 'same' });
    expect(of.dataset.state()).toMatchObject({ rows: 13, dirty: false, conflict: null });
    expect((await textOf(of)).trimEnd().split('\n')).toEqual(await of.lines());
  });

  it('changes the file and not another name of it', async () => {
    const of = await openedOf(THREE);
    const other = join(dirname(of.path), 'hard.jsonl');
    await link(of.path, other);
    await of.setText('o1', 'a', 'edited');
    await of.dataset.save(GO);
    expect(await readFile(other, 'utf8')).toBe(THREE);
  });
});

describe('two documents on one file', () => {
  it('edge case: two windows: the second save sees the first', async () => {
    for (const wholeBytes of [0, 1 << 25]) {
      const one = await openedOf(THREE, { wholeBytes });
      const two = await opened({ path: one.path, journalFolder: one.journalFolder, wholeBytes });
      await one.setText('o0', 'a', 'one');
      await two.setText('o1', 'a', 'two');
      expect(await readdir(one.journalFolder)).toHaveLength(2);
      await one.dataset.save(GO);
      await expect(two.dataset.save(GO)).rejects.toMatchObject({ code: 'store.stale' });
      await two.dataset.fileChanged();
      expect(two.dataset.state().conflict).toBe('changed');
      expect(await textOf(one)).toBe(THREE.replace('"1"', '"one"'));
      await two.dataset.revert(GO);
      expect((await two.lines())[0]).toBe('{"a":"one"}');
    }
  });
});
