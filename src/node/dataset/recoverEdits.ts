import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { systemCode } from '../storage/storeError.ts';
import { isAppError } from '../../core/errors.ts';
import type { Fs } from '../storage/fs.ts';
import { writeSnapshot } from '../storage/snapshot.ts';
import type { Recovery } from './dataset.ts';
import { claimJournal, leftJournals, releaseJournal, setAside } from './journalFiles.ts';
import type { Reading } from './reading.ts';
import { isDamage, readEdits, replay, type LeftEdits } from './restoreEdits.ts';

export interface RecoverParts {
  readonly fs: Fs;
  readonly folder: string;
  /** What the editor kept for a restart; it may be gone. */
  readonly backup: string | undefined;
}

/** What was found, and the journal to go on in; its edits are made. */
export interface Recovered {
  readonly recovery: Recovery | null;
  readonly journal: string | null;
  readonly session: string | undefined;
}

/**
 * Looks for unsaved edits of an earlier session and makes them again, where they are about the file as it is now. What
 * is not is put aside and reported: edits must never land on other rows than they were made on.
 */
export async function recoverEdits(reading: Reading, parts: RecoverParts): Promise<Recovered> {
  const { fs, folder } = parts;
  const { path } = reading.rows.base;
  const aside: string[] = [];
  const fitting: LeftEdits[] = [];
  const journals = await leftJournals(fs, folder, path);
  // What a file is like is known for sure when all of it has been read.
  if (journals.length > 0 || parts.backup !== undefined) await reading.indexed;
  const { stamp } = reading.rows.base;
  const backup = await backupOf(reading, parts, aside);
  for (const journal of journals) {
    const left = await readOrNull(fs, journal, stamp);
    if (left?.standing === 'fits') {
      fitting.push(left);
      continue;
    }
    const mine = await claimJournal(fs, folder, path, journal);
    if (mine === null) continue;
    if (left === null || left.damaged || left.standing === 'other')
      aside.push(await setAside(fs, mine));
    else await remove(fs, mine);
  }
  const chosen = chosenOf(fitting, backup);
  const done = chosen === null ? null : await restored(reading, parts, chosen, aside);
  const restoredActs = done?.acts ?? 0;
  const recovery = restoredActs > 0 || aside.length > 0 ? { restored: restoredActs, aside } : null;
  return { recovery, journal: done?.journal ?? null, session: done?.session };
}

/** A journal has all that a backup of its session has, and often more. Of several windows' the newest is taken. */
function chosenOf(journals: readonly LeftEdits[], backup: LeftEdits | null): LeftEdits | null {
  if (backup !== null) {
    return journals.find(({ session }) => session === backup.session) ?? backup;
  }
  const byTime = [...journals].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return byTime.at(-1) ?? null;
}

async function restored(
  reading: Reading,
  { fs, folder, backup }: RecoverParts,
  chosen: LeftEdits,
  aside: string[],
): Promise<{ acts: number; journal: string | null; session: string } | null> {
  const { session } = chosen;
  let journal: string | null = null;
  if (chosen.path !== backup) {
    journal = await claimJournal(fs, folder, reading.rows.base.path, chosen.path);
    if (journal === null) return null;
  }
  await reading.indexed;
  let acts = 0;
  let whole = !chosen.damaged;
  try {
    await replay(reading.rows, chosen.records, async (change) => {
      await reading.apply(change);
      acts += 1;
    });
  } catch (error) {
    if (!isDamage(error)) throw error;
    whole = false;
  }
  // What could be made again stays; the rest is not thrown away.
  if (!whole) aside.push(await copyAside(fs, folder, journal ?? chosen.path));
  return { acts, journal, session };
}

async function backupOf(
  reading: Reading,
  { fs, folder, backup }: RecoverParts,
  aside: string[],
): Promise<LeftEdits | null> {
  if (backup === undefined) return null;
  const left = await readOrNull(fs, backup, reading.rows.base.stamp);
  if (left?.standing === 'fits') return left;
  // The editor throws its backup away: what cannot be read by this version is kept for one that can.
  if (left === null ? await hasContent(fs, backup) : left.standing === 'other') {
    aside.push(await copyAside(fs, folder, backup));
  }
  return null;
}

async function hasContent(fs: Fs, path: string): Promise<boolean> {
  try {
    return (await fs.stat(path)).size > 0;
  } catch (error) {
    if (systemCode(error) === null) throw error;
    return false;
  }
}

/** A journal that a newer version wrote, or that cannot be read, is as one about something else. */
async function readOrNull(
  fs: Fs,
  path: string,
  stamp: Parameters<typeof readEdits>[2],
): Promise<LeftEdits | null> {
  try {
    return await readEdits(fs, path, stamp);
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}

async function copyAside(fs: Fs, folder: string, path: string): Promise<string> {
  const copy = join(folder, `${randomBytes(8).toString('hex')}.aside`);
  await fs.mkdir(folder);
  await writeSnapshot(copy, await fs.readFile(path), { fs, mode: 0o600 });
  return copy;
}

async function remove(fs: Fs, path: string): Promise<void> {
  releaseJournal(path);
  await fs.unlink(path).catch((error: unknown) => {
    if (systemCode(error) === null) throw error;
  });
}
