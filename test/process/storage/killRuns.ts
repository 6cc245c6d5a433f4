import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readJournal } from '../../../src/node/storage/readJournal.ts';
import { noteSchema } from '../../fakes/noteJournal.ts';
import { startDriver, type Driver } from '../child.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts a driver, lets it work for a random moment and kills it; `check` then looks at what it left. */
async function killed(
  driver: string,
  args: readonly string[],
  longestMs: number,
  check: (confirmed: readonly string[]) => Promise<void>,
): Promise<void> {
  const child = startDriver(driver, args);
  await child.printed(1);
  await pause(Math.random() * longestMs);
  await child.kill();
  await check(child.lines.slice(1));
}

/**
 * Kills an appending process `kills` times; each successor goes on in the same file, a new file every 25 kills.
 * Every confirmed record must be there, at most one line per kill may be torn. Resolves to the confirmed records.
 */
export async function killJournalWriters(folder: string, kills: number): Promise<number> {
  let path = '';
  let confirmed: string[] = [];
  let sum = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    if (kill % 25 === 0) {
      path = join(folder, `${kill}.jsonl`);
      confirmed = [];
    }
    await killed('appendForever', [path], 60, async (ids) => {
      confirmed.push(...ids);
      sum += ids.length;
      const { records, quarantined } = await readJournal(path, noteSchema);
      const found = new Set(records.map(({ text }) => text.split(' ')[0]));
      expect(confirmed.filter((id) => !found.has(id))).toEqual([]);
      expect(quarantined.length).toBeLessThanOrEqual((kill % 25) + 1);
      expect(new Set(records.map(({ seq }) => seq)).size).toBe(records.length);
    });
  }
  return sum;
}

/** Kills a process that replaces one file again and again: the file is always one whole content. */
export async function killSnapshotWriters(folder: string, kills: number): Promise<number> {
  const path = join(folder, 'snapshot');
  const contents = new Set<string>();
  for (let kill = 0; kill < kills; kill += 1) {
    await killed('snapshotForever', [path], 60, async (confirmed) => {
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        // Killed before its very first rename.
        if (contents.size === 0 && confirmed.length === 0) return null;
        throw error;
      });
      if (text === null) return;
      const digest = text.slice(0, 64);
      expect(createHash('sha256').update(text.slice(65)).digest('hex')).toBe(digest);
      contents.add(digest);
    });
  }
  return contents.size;
}

/**
 * Lets several processes fight for one lock until `acquisitions` were made, killing and replacing one of them every
 * `everyMs`. Two owners at once, or one generation owned twice, fail the test.
 */
export async function fightForLock(
  folder: string,
  options: { processes: number; acquisitions: number; everyMs: number },
): Promise<{ acquisitions: number; kills: number }> {
  const all: Driver[] = [];
  const start = (): Driver => {
    const driver = startDriver('lockForever', [folder]);
    all.push(driver);
    return driver;
  };
  const running = Array.from({ length: options.processes }, start);
  await Promise.all(running.map((driver) => driver.printed(1)));
  const owned = (): string[] => all.flatMap(({ lines }) => lines.slice(1));
  let kills = 0;
  while (owned().length < options.acquisitions) {
    await pause(options.everyMs);
    const victim = Math.floor(Math.random() * running.length);
    await running[victim]!.kill();
    kills += 1;
    running[victim] = start();
    await running[victim].printed(1);
  }
  await Promise.all(running.map((driver) => driver.kill()));
  const generations = owned();
  expect(generations.filter((line) => line.startsWith('VIOLATION'))).toEqual([]);
  expect(new Set(generations).size).toBe(generations.length);
  return { acquisitions: generations.length, kills };
}
