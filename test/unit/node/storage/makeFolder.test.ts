import type * as promises from 'node:fs/promises';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { makeFolder } from '../../../../src/node/storage/makeFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

vi.mock('node:fs/promises', async (load) => {
  const real = await load<typeof promises>();
  return { ...real, mkdir: vi.fn(real.mkdir) };
});
const fails = (code: string) => Object.assign(new Error(code), { code });

afterEach(() => vi.mocked(mkdir).mockClear());

it('makes a folder with those above it', async () => {
  const root = await temporaryFolder();
  await makeFolder(join(root, 'a', 'b'));
  await makeFolder(join(root, 'a', 'b'));
});

it('fault: a read-only disk, for which Node names a missing file, is called read-only', async () => {
  const root = await temporaryFolder();
  vi.mocked(mkdir).mockRejectedValueOnce(fails('ENOENT')).mockRejectedValueOnce(fails('EROFS'));
  await expect(makeFolder(join(root, 'a', 'b'))).rejects.toMatchObject({
    code: 'store.denied',
    message: expect.stringContaining(join(root, 'a', 'b')),
  });
  expect(vi.mocked(mkdir).mock.calls.at(-1)).toEqual([join(root, 'a')]);
});
