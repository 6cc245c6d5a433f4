// Usage: npm run bench -- storage. Appending with and without fdatasync, snapshots, reading 100,000 records.
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { openJournal, type Journal } from '../../src/node/storage/journal.ts';
import { acquireLock } from '../../src/node/storage/lock.ts';
import { readJournal } from '../../src/node/storage/readJournal.ts';
import { writeSnapshot } from '../../src/node/storage/snapshot.ts';
import { systemClock as clock } from '../../src/node/storage/systemClock.ts';
import { MEASURED_ON } from './thisMachine.ts';

const RECORDS = 100_000;
const schema = z.object({ type: z.literal('attempt'), text: z.string(), ids: z.array(z.number()) });
type Row = z.infer<typeof schema>;

/** About 1.8 kB, as an attempt of an exam is. */
const row = (index: number): Row => ({
  type: 'attempt',
  text: `${index}: `.padEnd(1_100, 'She bought 3 apples and gave 2 away. '),
  ids: Array.from({ length: 120 }, (_, position) => (index * 31 + position * 17) % 49_152),
});

async function eachMs(times: number, work: (index: number) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const start = performance.now();
    await work(index);
    taken.push(performance.now() - start);
  }
  return taken.sort((a, b) => a - b);
}

function quantiles(taken: readonly number[]): Record<string, number> {
  const at = (share: number): number =>
    Number((taken[Math.min(taken.length - 1, Math.floor(share * taken.length))] ?? 0).toFixed(4));
  return { n: taken.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

const folder = await mkdtemp(join(tmpdir(), 'tailor-bench-'));
const open = (name: string): Promise<Journal<Row>> =>
  openJournal(join(folder, name), { schema, writer: 'w-1', clock });

try {
  const plain = await open('plain.jsonl');
  const appendMs = quantiles(await eachMs(5_000, (index) => plain.append(row(index))));
  await plain.close();

  const synced = await open('synced.jsonl');
  const appendSyncMs = quantiles(
    await eachMs(500, (index) => synced.append(row(index), { sync: true })),
  );
  const groupStart = performance.now();
  await Promise.all(
    Array.from({ length: 500 }, (_, index) => synced.append(row(index), { sync: true })),
  );
  const group500SyncMs = performance.now() - groupStart;
  await synced.close();

  const snapshotMs = quantiles(
    await eachMs(50, () => writeSnapshot(join(folder, 'snapshot'), 'x'.repeat(1_000_000))),
  );
  const lockMs = quantiles(
    await eachMs(200, async () =>
      (await acquireLock(join(folder, 'locks'), 'exam', { clock })).release(),
    ),
  );

  const big = await open('big.jsonl');
  for (let index = 0; index < RECORDS; index += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, more) => big.append(row(index + more))));
  }
  await big.close();
  const bytes = (await stat(join(folder, 'big.jsonl'))).size;
  const readMs = quantiles(
    await eachMs(3, async () => {
      const { records } = await readJournal(join(folder, 'big.jsonl'), schema);
      if (records.length !== RECORDS) throw new Error(`read ${records.length} records`);
    }),
  );
  const openMs = quantiles(await eachMs(3, async () => (await open('big.jsonl')).close()));

  const results = {
    bench: 'storage',
    ...MEASURED_ON,
    record: { bytes: Math.round(bytes / RECORDS) },
    appendMs,
    appendSyncMs,
    group500SyncMs: Number(group500SyncMs.toFixed(2)),
    snapshotOf1MBMs: snapshotMs,
    lockAndReleaseMs: lockMs,
    read100kMs: { ...readMs, megabytes: Math.round(bytes / 1e6) },
    open100kMs: openMs,
    rssMB: Math.round(process.memoryUsage().rss / 1e6),
  };
  const out = fileURLToPath(new URL('results/', import.meta.url));
  await mkdir(out, { recursive: true });
  const text = `${JSON.stringify(results, null, 2)}\n`;
  await writeFile(join(out, 'storage.json'), text);
  console.log(text);
} finally {
  await rm(folder, { recursive: true, force: true });
}
