import { execFileSync, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readJournal } from '../../../src/node/storage/readJournal.ts';
import { acquireLock } from '../../../src/node/storage/lock.ts';
import { writeSnapshot } from '../../../src/node/storage/snapshot.ts';
import { systemClock as clock } from '../../../src/node/storage/systemClock.ts';
import { claimWriter } from '../../../src/node/storage/writerSlot.ts';
import { note, noteSchema, openNotes } from '../../fakes/noteJournal.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { follow, startDriver } from '../child.ts';

const isRoot = process.getuid?.() === 0;
let canMount = false;

/** A disk of 1 MB, unmounted when the test ends. */
async function smallDisk(): Promise<string> {
  const folder = await temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'pipe' });
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder], { stdio: 'pipe' });
  });
  return folder;
}

const NO_MOUNT = 'only root in a machine that lets it mount can make a real full disk';

describe('a real disk', () => {
  beforeAll(async () => {
    if (process.platform !== 'linux' || !isRoot) return;
    const folder = await mkdtemp(join(tmpdir(), 'tailor-mount-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'pipe' });
      execFileSync('umount', [folder], { stdio: 'pipe' });
      canMount = true;
    } catch {
      canMount = false;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('fault: disk full (journal, snapshot, checkpoint, dataset save): a real one; goes on after space', async (context) => {
    if (!canMount) return context.skip(NO_MOUNT);
    const disk = await smallDisk();
    const snapshot = join(disk, 'state.json');
    await writeSnapshot(snapshot, 'old');
    const filler = join(disk, 'filler');
    await writeFile(filler, Buffer.alloc(300_000));
    const path = join(disk, 'w-1.jsonl');
    const journal = await openNotes(path);
    const confirmed: string[] = [];
    const refused: unknown[] = [];
    for (let index = 0; refused.length < 3; index += 1) {
      const text = `${index} ${'x'.repeat(9_000)}`;
      await journal.append(note(text), { sync: true }).then(
        () => confirmed.push(text),
        (error: unknown) => refused.push(error),
      );
    }
    expect(confirmed.length).toBeGreaterThan(10);
    expect(refused[0]).toMatchObject({ code: 'store.diskFull', detail: { path } });
    await expect(writeSnapshot(snapshot, 'x'.repeat(2_000_000))).rejects.toMatchObject({
      code: 'store.diskFull',
    });
    expect(await readFile(snapshot, 'utf8')).toBe('old');
    expect((await readdir(disk)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    await rm(filler);
    confirmed.push((await journal.append(note('space again'), { sync: true })).text);
    await journal.close();
    const { records, quarantined } = await readJournal(path, noteSchema);
    expect(records.map(({ text }) => text)).toEqual(confirmed);
    expect(quarantined.length).toBeLessThanOrEqual(1);
  });

  it('fault: EACCES, EROFS, EMFILE, ENOENT: a read-only disk', async (context) => {
    if (!canMount) return context.skip(NO_MOUNT);
    const disk = await smallDisk();
    await writeSnapshot(join(disk, 'state.json'), 'old');
    execFileSync('mount', ['-o', 'remount,ro', disk], { stdio: 'pipe' });
    const denied = { code: 'store.denied', message: expect.stringContaining(disk) };
    await expect(openNotes(join(disk, 'w-1.jsonl'))).rejects.toMatchObject(denied);
    await expect(writeSnapshot(join(disk, 'state.json'), 'new')).rejects.toMatchObject(denied);
    await expect(acquireLock(disk, 'exam', { clock })).rejects.toMatchObject(denied);
    expect((await claimWriter(disk, 'ada', { clock })).writer).toMatch(/^ada-r/u);
    expect(await readFile(join(disk, 'state.json'), 'utf8')).toBe('old');
  });

  it('fault: EACCES, EROFS, EMFILE, ENOENT: a folder of someone else', async (context) => {
    if (process.platform === 'win32') return context.skip('no such permissions on Windows');
    const folder = await temporaryFolder();
    await chmod(folder, 0o755);
    await mkdir(join(folder, 'closed'), { mode: isRoot ? 0o700 : 0o000 });
    // Root may write anywhere, so the driver runs as nobody then.
    const nobody = isRoot ? { uid: 65_534, gid: 65_534 } : {};
    const path = join(folder, 'closed', 'w-1.jsonl');
    const driver = startDriver('refusedOpen', [path], nobody);
    await driver.ended;
    if (driver.lines.length === 0) return context.skip('another user may not run Node here');
    expect(driver.lines).toEqual(['store.denied true', 'store.denied true']);
  });

  it('fault: EACCES, EROFS, EMFILE, ENOENT: no file descriptor left, then some again', async (context) => {
    if (process.platform === 'win32') return context.skip('no such limit on Windows');
    const path = join(await temporaryFolder(), 'w-1.jsonl');
    const script = fileURLToPath(new URL('../drivers/refusedOpen.ts', import.meta.url));
    const driver = follow(
      spawn(
        '/bin/sh',
        ['-c', 'ulimit -n 64; exec "$0" "$@"', process.execPath, script, path, 'exhaust'],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      ),
    );
    expect(await driver.printed(2)).toEqual(['store.io true', 'written']);
    await driver.ended;
  });
});
