import { appendFileSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BaseFile } from '../../../../src/node/dataset/baseFile.ts';
import { nodeFs } from '../../../../src/node/storage/fs.ts';
import { GO } from '../../../fakes/openTestDataset.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

async function opened(): Promise<{ base: BaseFile; path: string }> {
  const path = join(await temporaryFolder(), 'data.jsonl');
  await writeFile(path, '{"a":1}\n{"a":2}\n');
  const base = await BaseFile.open(nodeFs, path, { wholeBytes: 0 });
  await base.readIndex(GO, () => undefined);
  return { base, path };
}

const textOf = async (base: BaseFile, line: number): Promise<string | undefined> =>
  (await base.line(line)).bytes?.toString('utf8');

describe('a large file that was let go of', () => {
  it('is opened again when it is read, once for all who ask', async () => {
    const { base } = await opened();
    await base.release();
    expect(await Promise.all([textOf(base, 0), textOf(base, 1)])).toEqual(['{"a":1}', '{"a":2}']);
    await base.retire();
  });

  it('is not read any more when it is another one then', async () => {
    const { base, path } = await opened();
    await base.release();
    await writeFile(`${path}.new`, '{"b":1}\n{"b":2}\n');
    await rename(`${path}.new`, path);
    await expect(textOf(base, 0)).rejects.toMatchObject({ code: 'store.stale' });
    await expect(base.isSpoilt()).rejects.toMatchObject({ code: 'store.stale' });
    await base.retire();
  });

  it('stays closed once nobody needs it', async () => {
    const { base } = await opened();
    await base.retire();
    await expect(textOf(base, 0)).rejects.toMatchObject({ code: 'store.stale' });
  });
});

describe('a file that is written to while its lines are looked for', () => {
  it('fault: file replaced or truncated while open: its lines are the lines of nothing', async () => {
    const path = join(await temporaryFolder(), 'data.jsonl');
    await writeFile(path, '{"a":1}\n'.repeat(400_000));
    const base = await BaseFile.open(nodeFs, path);
    let written = false;
    const reading = base.readIndex(GO, () => {
      if (!written) writeFileSync(path, '{"b":1}\n'.repeat(400_000));
      written = true;
    });
    await expect(reading).rejects.toMatchObject({ code: 'store.stale' });
    await base.retire();
  });

  it('has the lines that it had when it was opened, where others are only added', async () => {
    const path = join(await temporaryFolder(), 'data.jsonl');
    await writeFile(path, '{"a":1}\n'.repeat(400_000));
    const base = await BaseFile.open(nodeFs, path, { wholeBytes: 0 });
    await base.readIndex(GO, () => appendFileSync(path, '{"b":1}\n'));
    expect(base.lines).toBe(400_000);
    expect(await base.isSpoilt()).toBe(true);
    await base.retire();
  });
});
