import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { startDriver } from '../process/child.ts';

const MB = 1024 * 1024;
const MEMORY_MB = 300;
const TIMEOUT_MS = 1_800_000;

const countsSchema = z.object({
  values: z.number(),
  bad: z.number(),
  maxRssMB: z.number(),
  reasons: z.array(z.tuple([z.string(), z.number()])),
});

async function counted(parts: () => Iterable<Buffer>): Promise<z.infer<typeof countsSchema>> {
  const path = join(await temporaryFolder(), 'large.jsonl');
  const file = await open(path, 'w');
  for (const part of parts()) await file.writeFile(part);
  await file.close();
  const driver = startDriver('countLines', [path]);
  const [line] = await driver.printed(1);
  return countsSchema.parse(JSON.parse(line ?? ''));
}

function* repeated(part: Buffer, times: number): Generator<Buffer> {
  for (let index = 0; index < times; index += 1) yield part;
}

describe('fault: 100 MB line; 2 GB file; 1 M rows; nesting 100 k', () => {
  it(
    'threat 19: a line of 100 MB between two good ones',
    async () => {
      const found = await counted(function* () {
        yield Buffer.from('{"id":"1"}\n"');
        yield* repeated(Buffer.alloc(MB, 'x'), 100);
        yield Buffer.from('"\n{"id":"2"}\n');
      });
      expect(found).toMatchObject({ values: 2, bad: 1 });
      expect(found.maxRssMB).toBeLessThan(MEMORY_MB);
    },
    TIMEOUT_MS,
  );

  it(
    'a file of 2 GB',
    async () => {
      const row = Buffer.from(`${JSON.stringify({ id: '1', text: 'é'.repeat(2_000) })}\n`);
      const block = Buffer.concat(Array.from({ length: 500 }, () => row));
      const blocks = Math.ceil((2_050 * MB) / block.length);
      const found = await counted(() => repeated(block, blocks));
      expect(found).toMatchObject({ values: blocks * 500, bad: 0 });
      expect(found.maxRssMB).toBeLessThan(MEMORY_MB);
    },
    TIMEOUT_MS,
  );

  it(
    '1 M rows, one in a hundred of them bad',
    async () => {
      const good = '{"id":"1","question":"How many?","answer":"3"}\n';
      const block = Buffer.from(`${good.repeat(99)}{"id":NaN}\n`);
      const found = await counted(() => repeated(block, 10_000));
      expect(found).toMatchObject({ values: 990_000, bad: 10_000 });
      expect(found.maxRssMB).toBeLessThan(MEMORY_MB);
    },
    TIMEOUT_MS,
  );

  it(
    'nesting of 100 k and a million open brackets',
    async () => {
      const deep = Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}\n`);
      const open = Buffer.from(`${'{"a":'.repeat(1_000_000)}\n{"id":"1"}\n`);
      const found = await counted(() => [deep, open]);
      expect(found).toMatchObject({ values: 1, bad: 2 });
    },
    TIMEOUT_MS,
  );
});
