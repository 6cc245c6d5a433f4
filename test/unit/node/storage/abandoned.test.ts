import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ABANDONED_AFTER_MS, removeAbandoned } from '../../../../src/node/storage/abandoned.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const OLD = new Date(Date.now() - ABANDONED_AFTER_MS - 60_000);

async function aged(path: string): Promise<void> {
  await writeFile(path, 'half');
  await utimes(path, OLD, OLD);
}

it('removes old unfinished files at any depth, and nothing else', async () => {
  const root = await temporaryFolder();
  const elsewhere = await temporaryFolder();
  const run = join(root, '0', 'runs', 'r');
  await mkdir(run, { recursive: true });
  await aged(join(root, '0', 'grades.jsonl.0123456789ab.tmp'));
  await aged(join(run, '.exit.json.4711.tmp'));
  await writeFile(join(root, '0', 'grades.jsonl.ba9876543210.tmp'), 'being written');
  await aged(join(root, '0', 'notes.tmp'));
  await aged(join(root, '0', 'train.jsonl'));
  await aged(join(elsewhere, 'a.0123456789ab.tmp'));
  await symlink(elsewhere, join(root, 'link'));
  await removeAbandoned(root);
  expect((await readdir(join(root, '0'))).sort()).toEqual([
    'grades.jsonl.ba9876543210.tmp',
    'notes.tmp',
    'runs',
    'train.jsonl',
  ]);
  expect(await readdir(run)).toEqual([]);
  expect(await readdir(elsewhere)).toHaveLength(1);
});

it('is quiet where there is no such folder', async () => {
  await removeAbandoned(join(await temporaryFolder(), 'rounds'));
});
