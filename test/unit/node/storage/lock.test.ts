import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../../../../src/core/errors.ts';
import { acquireLock, livingHolder, type LockOptions } from '../../../../src/node/storage/lock.ts';
import { startTimeOf } from '../../../../src/node/storage/processIdentity.ts';
import { claimWriter } from '../../../../src/node/storage/writerSlot.ts';
import { fakeClock } from '../../../fakes/fakeClock.ts';
import { Died, atEveryOperation, type Fault } from '../../../fakes/faultyFs.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const options = (more: Partial<LockOptions> = {}): LockOptions => ({
  clock: fakeClock(),
  host: 'here',
  ...more,
});
const holder = (more: object): string =>
  JSON.stringify({ pid: 4242, host: 'here', startTime: '77', nonce: 'n', at: 'then', ...more });

async function crafted(name: string, content: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, name), content);
  return folder;
}

describe('livingHolder', () => {
  it('names who holds a lock while that process lives on this computer, and nobody else', async () => {
    const folder = join(await temporaryFolder(), 'locks');
    expect(await livingHolder(folder, 'run', options())).toBeNull();
    const lock = await acquireLock(folder, 'run', options());
    expect(await livingHolder(folder, 'run', options())).toMatchObject({ pid: process.pid });
    const dead = options({ isAlive: () => Promise.resolve(false) });
    expect(await livingHolder(folder, 'run', dead)).toBeNull();
    expect(await livingHolder(folder, 'run', options({ host: 'elsewhere' }))).toBeNull();
    expect(await livingHolder(folder, 'other', options())).toBeNull();
    await lock.release();
    expect(await livingHolder(folder, 'run', options())).toBeNull();
  });
});

describe('acquireLock', () => {
  it('is held by one at a time, and each owner has a higher generation', async () => {
    const folder = join(await temporaryFolder(), '.tailor', 'locks');
    const first = await acquireLock(folder, 'exam', options());
    await expect(acquireLock(folder, 'exam', options())).rejects.toMatchObject({
      code: 'lock.held',
      message: expect.stringContaining(`process ${process.pid}`),
      detail: { pid: process.pid },
    });
    expect(await first.stillOwner()).toBe(true);
    await first.release();
    await first.release();
    expect(await first.stillOwner()).toBe(false);
    const second = await acquireLock(folder, 'exam', options());
    expect(second.generation).toBe(first.generation + 1);
    await acquireLock(folder, 'teach', options());
    await expect(acquireLock(folder, '../exam', options())).rejects.toThrow(/name of a lock/u);
  });

  it('keeps few files however often it changes hands', async () => {
    const folder = await temporaryFolder();
    for (let turn = 0; turn < 20; turn += 1) {
      await (await acquireLock(folder, 'exam', options())).release();
    }
    expect((await readdir(folder)).length).toBeLessThanOrEqual(5);
  });

  it('goes on with higher generations after its folder was deleted', async () => {
    const folder = join(await temporaryFolder(), 'locks');
    const clock = fakeClock();
    const lock = await acquireLock(folder, 'exam', options({ clock }));
    await rm(folder, { recursive: true });
    expect(await lock.stillOwner()).toBe(false);
    await lock.release();
    clock.set(clock.now() + 60_000);
    const next = await acquireLock(folder, 'exam', options({ clock }));
    expect(next.generation).toBeGreaterThan(lock.generation);
    expect(await next.stillOwner()).toBe(true);
  });

  it('fault: stale lock: a dead process is succeeded', async () => {
    const folder = await crafted('exam.00000007', holder({}));
    const lock = await acquireLock(
      folder,
      'exam',
      options({ isAlive: () => Promise.resolve(false) }),
    );
    expect(lock.generation).toBe(8);
  });

  it('fault: stale lock: a reused pid with another start time is succeeded', async () => {
    const mine = await startTimeOf(process.pid);
    const reused = holder({ pid: process.pid, startTime: `${mine ?? ''}9` });
    const folder = await crafted('exam.00000007', reused);
    const taking = acquireLock(folder, 'exam', options());
    if (mine === null) await expect(taking).rejects.toMatchObject({ code: 'lock.held' });
    else expect((await taking).generation).toBe(8);
  });

  it('fault: stale lock: the same live process is respected', async () => {
    const live = holder({ pid: process.pid, startTime: await startTimeOf(process.pid) });
    const folder = await crafted('exam.00000007', live);
    await expect(acquireLock(folder, 'exam', options())).rejects.toMatchObject({
      code: 'lock.held',
    });
  });

  it('fault: stale lock: another host is never robbed, unless a person says so', async () => {
    const folder = await crafted('exam.00000007', holder({ host: 'gpu-box' }));
    const never = options({ isAlive: () => Promise.resolve(false) });
    await expect(acquireLock(folder, 'exam', never)).rejects.toMatchObject({
      code: 'lock.otherHost',
      message: expect.stringContaining('gpu-box'),
      hint: expect.stringContaining(`delete ${join(folder, 'exam.00000007')}`),
    });
    const taken = await acquireLock(folder, 'exam', { ...never, takeFromOtherHost: true });
    expect(taken.generation).toBe(8);
  });

  it('waits for a half-written file where links are missing, then counts it as damaged', async () => {
    const folder = await crafted('exam.00000007', '{"pid":');
    const clock = fakeClock();
    expect((await acquireLock(folder, 'exam', options({ clock }))).generation).toBe(8);
    expect(clock.now()).toBeGreaterThanOrEqual(fakeClock().now() + 2_000);
  });

  it('gives the lock to exactly one of many that come at once', async () => {
    const folder = await temporaryFolder();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => acquireLock(folder, 'exam', options())),
    );
    const owners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(owners).toHaveLength(1);
    expect(await owners[0]!.value.stillOwner()).toBe(true);
  });

  /** Takes and releases with a fault; then a healthy process must get the lock, since the first is dead. */
  async function recovers(fault: Fault): Promise<number> {
    const folder = await temporaryFolder();
    return atEveryOperation(fault, async (fs, at) => {
      const locks = join(folder, `n${at}`);
      await mkdir(locks);
      await writeFile(join(locks, 'exam.00000007'), holder({ pid: 1_000_000 }));
      let generation = 7;
      try {
        const lock = await acquireLock(locks, 'exam', options({ fs }));
        generation = lock.generation;
        await lock.release();
      } catch (error) {
        if (!(error instanceof Died) && !isAppError(error)) throw error;
      }
      await fs.cleanUp();
      const next = await acquireLock(
        locks,
        'exam',
        options({ isAlive: () => Promise.resolve(false) }),
      );
      expect(next.generation).toBeGreaterThan(generation);
      expect(await next.stillOwner()).toBe(true);
    });
  }

  it('is free again after its owner dies or fails at any operation', async () => {
    for (const fault of [
      'dieBefore',
      'dieAfter',
      'full',
      { fail: 'EIO' },
      { fail: 'EPERM' },
    ] as const) {
      expect(await recovers(fault)).toBeGreaterThan(5);
    }
  });
});

describe('claimWriter', () => {
  it('gives each open window the first free slot', async () => {
    const folder = await temporaryFolder();
    const one = await claimWriter(folder, 'ada', options());
    const two = await claimWriter(folder, 'ada', options());
    expect([one.writer, two.writer]).toEqual(['ada-1', 'ada-2']);
    await one.release();
    expect((await claimWriter(folder, 'ada', options())).writer).toBe('ada-1');
    expect((await claimWriter(folder, 'bob', options())).writer).toBe('bob-1');
  });

  it('falls back to a fresh random name where no lock is to be had', async () => {
    const folder = join(await temporaryFolder(), 'file');
    await writeFile(folder, 'not a folder');
    const names = new Set<string>();
    for (let turn = 0; turn < 3; turn += 1) {
      const slot = await claimWriter(folder, 'ada', options());
      expect(slot.writer).toMatch(/^ada-r[0-9a-f]{10}$/u);
      await slot.release();
      names.add(slot.writer);
    }
    expect(names.size).toBe(3);
    expect(await readFile(folder, 'utf8')).toBe('not a folder');
  });
});
