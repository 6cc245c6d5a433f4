import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import {
  fightForLock,
  killJournalWriters,
  killSnapshotWriters,
} from '../process/storage/killRuns.ts';
import { sleepThroughTakeover } from '../process/storage/sleeping.ts';

const HOURS = 3_600_000;

describe('storage by the thousand', () => {
  it(
    'fault: kill -9 host at every journal operation: 1,000 kills at random moments',
    async () => {
      expect(await killJournalWriters(await temporaryFolder(), 1_000)).toBeGreaterThan(1_000);
    },
    2 * HOURS,
  );

  it(
    'fault: kill -9 during snapshot: 300 kills at random moments',
    async () => {
      expect(await killSnapshotWriters(await temporaryFolder(), 300)).toBeGreaterThan(100);
    },
    HOURS,
  );

  it(
    'a lock of 6 processes has one owner at a time over 5,000 acquisitions with kills',
    async () => {
      const fight = { processes: 6, acquisitions: 5_000, everyMs: 500 };
      const { kills } = await fightForLock(await temporaryFolder(), fight);
      expect(kills).toBeGreaterThan(20);
    },
    HOURS,
  );

  it(
    'fault: stale lock: a process that sleeps 90 s through a takeover is fenced off',
    async () => {
      await sleepThroughTakeover(await temporaryFolder(), 90_000);
    },
    HOURS,
  );
});
