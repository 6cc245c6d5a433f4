import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFs, type Fs } from '../../../../src/node/storage/fs.ts';
import { writeSnapshot } from '../../../../src/node/storage/snapshot.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const MB = 1024 * 1024;

async function* megabytes(count: number): AsyncGenerator<Buffer> {
  const block = Buffer.alloc(MB, 'x');
  for (let index = 0; index < count; index += 1) yield await Promise.resolve(block);
}

/** A disk that counts how often it is set to work, and reports an error the first time where `fails`. */
function watched(fails: boolean): { fs: Fs; times: () => number } {
  let times = 0;
  const fs: Fs = {
    ...nodeFs,
    open: async (path, flags, mode) => {
      const handle = await nodeFs.open(path, flags, mode);
      return {
        read: (...args) => handle.read(...args),
        write: (...args) => handle.write(...args),
        datasync: async () => {
          times += 1;
          if (fails && times === 1) throw Object.assign(new Error('EIO'), { code: 'EIO' });
          await handle.datasync();
        },
        sync: () => handle.sync(),
        stat: () => handle.stat(),
        chmod: (to) => handle.chmod(to),
        close: () => handle.close(),
      };
    },
  };
  return { fs, times: () => times };
}

describe('a large snapshot', () => {
  it('sets the disk to work while it is written', async () => {
    const path = join(await temporaryFolder(), 'large');
    const disk = watched(false);
    await writeSnapshot(path, megabytes(130), { fs: disk.fs });
    expect((await stat(path)).size).toBe(130 * MB);
    expect(disk.times()).toBeGreaterThan(0);
  });

  it('fails when the disk has reported an error meanwhile: it is said only once', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'large');
    await writeFile(path, 'old');
    await expect(writeSnapshot(path, megabytes(130), watched(true))).rejects.toMatchObject({
      code: 'store.io',
    });
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['large']);
  });

  it('is put in its place only when what looks at it agrees', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'large');
    await writeFile(path, 'old');
    const beforeRename = async (temporary: string): Promise<void> => {
      expect((await stat(temporary)).size).toBe(2 * MB);
      throw new Error('no');
    };
    await expect(writeSnapshot(path, megabytes(2), { beforeRename })).rejects.toThrow('no');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['large']);
  });
});
