import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sha256Text } from '../../../../src/core/hash.ts';
import { sha256File } from '../../../../src/node/storage/fileHash.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

it('hashes a file like the text it holds, over several chunks', async () => {
  const path = join(await temporaryFolder(), 'a');
  const text = 'é0123456789'.repeat(250_000);
  await writeFile(path, text);
  expect(await sha256File(path)).toBe(sha256Text(text));
});

it('names a missing file and stops when asked', async () => {
  const folder = await temporaryFolder();
  await expect(sha256File(join(folder, 'none'))).rejects.toMatchObject({ code: 'store.missing' });
  await writeFile(join(folder, 'a'), 'x');
  await expect(sha256File(join(folder, 'a'), AbortSignal.abort())).rejects.toMatchObject({
    code: 'cancelled',
  });
});
