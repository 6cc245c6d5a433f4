import {
  chmod,
  lstat,
  mkdir,
  readFile,
  readdir,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../../../../src/core/errors.ts';
import { nodeFs } from '../../../../src/node/storage/fs.ts';
import { writeSnapshot } from '../../../../src/node/storage/snapshot.ts';
import { Died, atEveryOperation, type Fault } from '../../../fakes/faultyFs.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

async function* chunks(): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < 3; index += 1) {
    await Promise.resolve();
    yield Buffer.from(`chunk ${index}\n`.repeat(500));
  }
}
const NEW = `chunk 0\n`.repeat(500) + `chunk 1\n`.repeat(500) + `chunk 2\n`.repeat(500);

describe('writeSnapshot', () => {
  it('writes text, bytes and streams, and leaves nothing else in the folder', async () => {
    const folder = await temporaryFolder();
    await writeSnapshot(join(folder, 'a'), 'Zoë\n');
    await writeSnapshot(join(folder, 'b'), new Uint8Array([0, 255]));
    await writeSnapshot(join(folder, 'c'), chunks());
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('Zoë\n');
    expect([...(await readFile(join(folder, 'b')))]).toEqual([0, 255]);
    expect(await readFile(join(folder, 'c'), 'utf8')).toBe(NEW);
    expect((await readdir(folder)).sort()).toEqual(['a', 'b', 'c']);
  });

  it('keeps the mode of an existing file, gives a new one 0600, obeys a given one', async () => {
    const path = join(await temporaryFolder(), 'a');
    await writeSnapshot(path, '1');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await chmod(path, 0o640);
    await writeSnapshot(path, '2');
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    await writeSnapshot(path, '3', { mode: 0o644 });
    expect((await stat(path)).mode & 0o777).toBe(0o644);
  });

  it('writes through a symbolic link and refuses one that leads nowhere', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'real'));
    await writeFile(join(folder, 'real', 'a'), 'old');
    await symlink(join('real', 'a'), join(folder, 'link'));
    await writeSnapshot(join(folder, 'link'), 'new');
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'real', 'a'), 'utf8')).toBe('new');
    await symlink('nowhere', join(folder, 'dangling'));
    await expect(writeSnapshot(join(folder, 'dangling'), 'x')).rejects.toMatchObject({
      code: 'store.missing',
    });
  });

  it('keeps the old file when its source fails', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a');
    await writeFile(path, 'old');
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* chunks();
      throw new TypeError('source');
    }
    await expect(writeSnapshot(path, broken())).rejects.toThrow(TypeError);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a']);
  });

  it('tidies up what a killed process left, but not what one may still be writing', async () => {
    const folder = await temporaryFolder();
    const [old, young] = ['a.0123456789ab.tmp', 'a.ba9876543210.tmp'];
    await writeFile(join(folder, old), '');
    await writeFile(join(folder, young), '');
    await utimes(join(folder, old), 0, 0);
    await writeSnapshot(join(folder, 'a'), 'x');
    expect((await readdir(folder)).sort()).toEqual(['a', young]);
  });

  it('notices a disk that confirms bytes which it did not keep', async () => {
    const path = join(await temporaryFolder(), 'a');
    await writeFile(path, 'old');
    const lying = {
      ...nodeFs,
      open: async (file: string, flags: string, mode?: number) => {
        const handle = await nodeFs.open(file, flags, mode);
        return {
          read: handle.read.bind(handle),
          write: (_bytes: Uint8Array, _offset: number, length: number) =>
            Promise.resolve({ bytesWritten: length }),
          datasync: () => handle.datasync(),
          sync: () => handle.sync(),
          stat: () => handle.stat(),
          chmod: (to: number) => handle.chmod(to),
          close: () => handle.close(),
        };
      },
    };
    await expect(writeSnapshot(path, 'new text', { fs: lying })).rejects.toMatchObject({
      code: 'store.io',
    });
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  async function oldOrNew(fault: Fault): Promise<number> {
    const folder = await temporaryFolder();
    return atEveryOperation(fault, async (fs, at) => {
      const path = join(folder, `n${at}`, 'snapshot');
      await mkdir(join(path, '..'));
      await writeFile(path, 'old', { mode: 0o640 });
      let reported = true;
      try {
        await writeSnapshot(path, chunks(), { fs });
      } catch (error) {
        if (!(error instanceof Died) && !isAppError(error)) throw error;
        reported = false;
      }
      const text = await readFile(path, 'utf8');
      expect(['old', NEW]).toContain(text);
      if (reported) expect(text).toBe(NEW);
      const rest = (await readdir(join(path, '..'))).filter((name) => name !== 'snapshot');
      // A failing disk may keep the one temporary file that it would not let go; a success leaves none.
      expect(rest.length).toBeLessThanOrEqual(reported ? 0 : 1);
      await fs.cleanUp();
      await writeSnapshot(path, 'next');
      expect(await readFile(path, 'utf8')).toBe('next');
    });
  }

  it('fault: kill -9 during snapshot: old or new, never a part', async () => {
    expect(await oldOrNew('dieBefore')).toBeGreaterThan(10);
    expect(await oldOrNew('dieAfter')).toBeGreaterThan(10);
  });

  it('fault: disk full (journal, snapshot, checkpoint, dataset save): the old snapshot stays', async () => {
    expect(await oldOrNew('full')).toBeGreaterThan(5);
  });

  it('fault: EACCES, EROFS, EMFILE, ENOENT at every operation of a snapshot', async () => {
    for (const fail of ['EACCES', 'EROFS', 'EMFILE', 'ENOENT', 'EIO', 'EBUSY']) {
      await oldOrNew({ fail });
    }
  });
});
