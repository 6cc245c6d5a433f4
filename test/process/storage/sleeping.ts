import { join } from 'node:path';
import { expect } from 'vitest';
import { acquireLock } from '../../../src/node/storage/lock.ts';
import { readJournal } from '../../../src/node/storage/readJournal.ts';
import { systemClock as clock } from '../../../src/node/storage/systemClock.ts';
import { note, noteSchema, openNotes } from '../../fakes/noteJournal.ts';
import { startDriver } from '../child.ts';

/** A computer goes to sleep while it owns a run; someone takes the run over; it wakes and writes on. */
export async function sleepThroughTakeover(folder: string, sleepMs: number): Promise<void> {
  const locks = join(folder, 'locks');
  const sleeper = startDriver('sleeper', [folder]);
  try {
    await sleeper.printed(1);
    sleeper.process.stdin?.write('awake\n');
    await sleeper.printed(2);
    sleeper.process.kill('SIGSTOP');
    await clock.sleep(sleepMs);
    const asked = acquireLock(locks, 'exam', { clock, host: 'desk' });
    await expect(asked).rejects.toMatchObject({ code: 'lock.otherHost' });
    // Nor is a stopped process of the same computer taken for dead, however long it is silent.
    const near = acquireLock(locks, 'exam', { clock, host: 'laptop' });
    await expect(near).rejects.toMatchObject({ code: 'lock.held' });
    const lock = await acquireLock(locks, 'exam', { clock, host: 'desk', takeFromOtherHost: true });
    const journal = await openNotes(join(folder, 'exam.jsonl'), { generation: lock.generation });
    await journal.append(note('taken over'));
    await journal.close();
    sleeper.process.kill('SIGCONT');
    sleeper.process.stdin?.write('late\n');
    const lines = await sleeper.printed(3);
    expect(lines).toEqual(['ready', 'true', 'false']);
    const { records, quarantined } = await readJournal(join(folder, 'exam.jsonl'), noteSchema);
    expect(records.map(({ text }) => text)).toEqual(['awake', 'taken over']);
    expect(quarantined).toHaveLength(1);
    expect(await lock.stillOwner()).toBe(true);
  } finally {
    await sleeper.kill();
  }
}
