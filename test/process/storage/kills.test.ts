import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { fightForLock, killJournalWriters, killSnapshotWriters } from './killRuns.ts';
import { sleepThroughTakeover } from './sleeping.ts';

describe('storage under SIGKILL', () => {
  it('fault: kill -9 host at every journal operation: real processes, random moments', async () => {
    // Two files at a time: most of a kill's second is Node starting.
    const folders = await Promise.all([temporaryFolder(), temporaryFolder()]);
    const sums = await Promise.all(folders.map((folder) => killJournalWriters(folder, 10)));
    expect(Math.min(...sums)).toBeGreaterThan(10);
  });

  it('fault: kill -9 during snapshot: real processes, random moments', async () => {
    expect(await killSnapshotWriters(await temporaryFolder(), 10)).toBeGreaterThan(1);
  });

  it('a lock has one owner at a time while owners are killed', async () => {
    const fight = { processes: 4, acquisitions: 250, everyMs: 120 };
    const { acquisitions, kills } = await fightForLock(await temporaryFolder(), fight);
    expect(acquisitions).toBeGreaterThanOrEqual(250);
    expect(kills).toBeGreaterThan(0);
  });

  it('fault: stale lock: a process that sleeps through a takeover is fenced off', async () => {
    await sleepThroughTakeover(await temporaryFolder(), 300);
  });
});
