import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readLogTail } from '../../../../src/node/trainer/logTail.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailor-log-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function tail(text: string, from = 0): Promise<string[]> {
  const path = join(folder, 'train.log');
  await writeFile(path, text);
  return readLogTail(path, from);
}

test('the last 40 lines, and only those of this attempt', async () => {
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
  expect(await tail(`${lines.join('\n')}\n`)).toEqual(lines.slice(60));
  expect(await tail('old\nnew\n', 4)).toEqual(['new']);
});

test('a missing log has no lines', async () => {
  expect(await readLogTail(join(folder, 'none.log'), 0)).toEqual([]);
});

test('control and direction characters are made visible, progress bars become lines', async () => {
  expect(await tail('\u001b[31mred\u202e\tx\n10%\r20%\n')).toEqual([
    '\\u001b[31mred\\u202e\tx',
    '10%',
    '20%',
  ]);
});

test('a flood is read from its end only', async () => {
  const found = await tail(`${'x'.repeat(1_000_000)}\nlast\n`);
  expect(found.at(-1)).toBe('last');
  expect(found[0]?.length).toBe(2000);
});
