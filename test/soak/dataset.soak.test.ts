import { open, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { startDriver } from '../process/child.ts';

const GB = 1024 ** 3;
const MEMORY_MB = 300;
const TIMEOUT_MS = 1_800_000;

const seenSchema = z.object({
  first: z.string(),
  rows: z.number(),
  kinds: z.array(z.string()),
  last: z.string(),
  found: z.array(z.tuple([z.string(), z.number()])),
  maxRssMB: z.number(),
});

async function seen(path: string, journals: string): Promise<z.infer<typeof seenSchema>> {
  const driver = startDriver('editLarge', [path, journals]);
  const [line] = await driver.printed(1);
  return seenSchema.parse(JSON.parse(line ?? ''));
}

async function tailOf(path: string, bytes: number): Promise<string> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, size - bytes);
  await file.close();
  return buffer.subarray(0, bytesRead).toString('utf8');
}

async function made(
  write: (file: FileHandle) => Promise<void>,
): Promise<{ path: string; journals: string }> {
  const folder = await temporaryFolder();
  const path = join(folder, 'large.jsonl');
  const file = await open(path, 'w');
  await write(file);
  await file.close();
  return { path, journals: join(folder, 'journals') };
}

describe('fault: 100 MB line; 2 GB file; 1 M rows; nesting 100 k in the Dataset Editor', () => {
  it(
    'edge case: > 2 GB: a file of more than 4 GB, most of it one line: rows behind it are read, edited and saved',
    async () => {
      const hole = 4 * GB + 12_345;
      const { path, journals } = await made(async (file) => {
        await file.write('{"id":"first"}\n');
        // A hole takes no room on the disk and reads as zero bytes.
        await file.write('\n{"id":"gone"}\n{"id":"last"}', hole);
      });
      const found = await seen(path, journals);
      expect(found).toMatchObject({
        first: 'first',
        rows: 4,
        kinds: ['record', 'overlong', 'record'],
        last: '{"id":"last"}',
        found: [['o3', 3]],
      });
      expect(found.maxRssMB).toBeLessThan(MEMORY_MB);
      const tail = '\n{"id":"edited"}\n{"id":""}';
      expect(await tailOf(path, tail.length)).toBe(tail);
      expect((await stat(path)).size).toBe(hole + tail.length);
    },
    TIMEOUT_MS,
  );

  it(
    'edge case: > 2 GB: four million rows, in bounded memory',
    async () => {
      let rows = 0;
      const { path, journals } = await made(async (file) => {
        while (rows < 4_000_000) {
          const block = Array.from(
            { length: 10_000 },
            () => `{"id":"${(rows += 1)}","text":"${'x'.repeat(500)}"}\n`,
          );
          await file.write(block.join(''));
        }
      });
      const found = await seen(path, journals);
      expect(found).toMatchObject({ first: '1', rows, found: [[`o${rows - 1}`, rows - 1]] });
      expect(found.maxRssMB).toBeLessThan(MEMORY_MB);
      const tail = 'x"}\n{"id":"edited"}\n{"id":""}\n';
      expect(await tailOf(path, tail.length)).toBe(tail);
    },
    TIMEOUT_MS,
  );
});
