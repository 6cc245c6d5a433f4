import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { nodeFs, type Fs } from '../../../../src/node/storage/fs.ts';
import { GO, opened, settled } from '../../../fakes/openTestDataset.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const THREE = '{"a":"1"}\n{"a":"2"}\n{"a":"3"}\n';
const SIZES = [
  ['a small file', 1 << 25],
  ['a large file', 0],
] as const;

function onPlatform(name: NodeJS.Platform): void {
  const real = process.platform;
  Object.defineProperty(process, 'platform', { value: name });
  onTestFinished(() => void Object.defineProperty(process, 'platform', { value: real }));
}

/** A disk that puts no file in the place of an open one: opened by us, or by others so often as there are codes. */
class HoldingDisk {
  readonly codes: string[];
  renames = 0;
  /** How often a file of ours stood in the way. */
  own = 0;
  readonly #target: string;
  #open = 0;

  constructor(target: string, codes: readonly string[]) {
    this.#target = target;
    this.codes = [...codes];
  }

  readonly fs: Fs = {
    ...nodeFs,
    open: async (path, flags, mode) => {
      const handle = await nodeFs.open(path, flags, mode);
      if (path !== this.#target) return handle;
      this.#open += 1;
      const close = handle.close.bind(handle);
      return Object.assign(handle, {
        close: async () => {
          await close();
          this.#open -= 1;
        },
      });
    },
    rename: async (from, to) => {
      if (to !== this.#target) return nodeFs.rename(from, to);
      this.renames += 1;
      if (this.#open > 0) this.own += 1;
      const code = this.#open > 0 ? 'EPERM' : this.codes.shift();
      if (code !== undefined) throw Object.assign(new Error(`${code}: held`), { code });
      return nodeFs.rename(from, to);
    },
  };
}

async function edited(codes: readonly string[], wholeBytes: number) {
  const folder = await temporaryFolder();
  const path = join(folder, 'data.jsonl');
  await writeFile(path, THREE);
  const disk = new HoldingDisk(path, codes);
  const of = await opened({
    path,
    journalFolder: join(folder, 'journals'),
    fs: disk.fs,
    wholeBytes,
  });
  await settled(of);
  await of.setText('o1', 'a', 'edited');
  return { of, disk };
}

it.each(SIZES)(
  'edge case: Windows rename-while-open, %s: a save lets go of the file itself and waits for others that hold it',
  async (_, wholeBytes) => {
    onPlatform('win32');
    const { of, disk } = await edited(['EPERM', 'EBUSY', 'EPERM'], wholeBytes);
    await of.dataset.save(GO);
    expect([disk.renames, disk.own]).toEqual([4, 0]);
    expect(await readFile(of.path, 'utf8')).toBe(THREE.replace('"2"', '"edited"'));
    expect(of.dataset.state()).toMatchObject({ dirty: false, conflict: null, rows: 3 });
    expect(await of.lines()).toEqual(['{"a":"1"}', '{"a":"edited"}', '{"a":"3"}']);
    await of.edits[0]?.undo();
    await of.dataset.save(GO);
    expect(await readFile(of.path, 'utf8')).toBe(THREE);
  },
);

it.each(SIZES)(
  'edge case: Windows rename-while-open, %s: one that is held for good stays as it was, with the edits, until it is let go',
  async (_, wholeBytes) => {
    onPlatform('win32');
    const { of, disk } = await edited(
      Array.from({ length: 6 }, () => 'EPERM'),
      wholeBytes,
    );
    await expect(of.dataset.save(GO)).rejects.toMatchObject({ code: 'store.denied' });
    expect([disk.renames, disk.own]).toEqual([6, 0]);
    expect(await readFile(of.path, 'utf8')).toBe(THREE);
    expect(of.dataset.state()).toMatchObject({ dirty: true, edited: 1, conflict: null });
    expect(await readdir(dirname(of.path))).toEqual(['data.jsonl', 'journals']);
    expect(await of.lines()).toEqual(['{"a":"1"}', '{"a":"edited"}', '{"a":"3"}']);
    await of.dataset.save(GO);
    expect(await readFile(of.path, 'utf8')).toBe(THREE.replace('"2"', '"edited"'));
  },
);

it('elsewhere who may not write is told so at once', async () => {
  onPlatform('linux');
  const { of, disk } = await edited(['EPERM'], 1 << 25);
  await expect(of.dataset.save(GO)).rejects.toMatchObject({ code: 'store.denied' });
  expect(disk.renames).toBe(1);
});
