import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Fs } from '../storage/fs.ts';
import { isProcessAlive, startTimeOf, thisHost } from '../storage/processIdentity.ts';
import { systemCode } from '../storage/storeError.ts';

/**
 * Names of edit journals: `<file>.<owner>.<random>.jsonl`, each part a few hex digits or, for the owner, host, process
 * and when that started. Whoever renames one to a name of its own has it; nobody else can have renamed it, too.
 */
const NAME = /^([0-9a-f]{24})\.([0-9a-f]{8})-(\d+)-([0-9a-f]{8})\.[0-9a-f]{8}\.jsonl$/u;

/** The owner of a journal that was left on purpose: no process has this number. */
const NOBODY = '0-00000000';

/** Journals that documents of this process hold. */
const own = new Set<string>();

let started: string | null = null;

/** A path for a new journal of a document. */
export async function newJournalPath(folder: string, path: string): Promise<string> {
  started ??= tag(await startTimeOf(process.pid));
  const made = pathOf(folder, path, `${process.pid}-${started}`);
  own.add(made);
  return made;
}

function pathOf(folder: string, path: string, owner: string): string {
  const random = randomBytes(4).toString('hex');
  return join(folder, `${nameOf(path)}.${tag(thisHost())}-${owner}.${random}.jsonl`);
}

/** Leaves a journal to whoever opens the document next, in this window or in another one. */
export async function leaveJournal(
  fs: Fs,
  folder: string,
  path: string,
  journal: string,
): Promise<void> {
  await fs.rename(journal, pathOf(folder, path, NOBODY)).catch(() => undefined);
  releaseJournal(journal);
}

/** The document does not hold its journal any more. */
export function releaseJournal(path: string): void {
  own.delete(path);
}

/** Journals of a document that nobody holds: of windows that were closed or killed with unsaved edits. */
export async function leftJournals(fs: Fs, folder: string, path: string): Promise<string[]> {
  let names: string[];
  try {
    names = await fs.readdir(folder);
  } catch (error) {
    if (systemCode(error) !== null) return [];
    throw error;
  }
  const left: string[] = [];
  for (const name of names.sort()) {
    const [, file, host, pid, start] = NAME.exec(name) ?? [];
    if (file !== nameOf(path) || host !== tag(thisHost())) continue;
    const journal = join(folder, name);
    if (!own.has(journal) && !(await isHeld(Number(pid), start ?? ''))) left.push(journal);
  }
  return left;
}

/** Makes a left journal this process's own; null when another one was faster. */
export async function claimJournal(
  fs: Fs,
  folder: string,
  path: string,
  journal: string,
): Promise<string | null> {
  const mine = await newJournalPath(folder, path);
  try {
    await fs.rename(journal, mine);
    return mine;
  } catch (error) {
    releaseJournal(mine);
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Puts a journal that fits no more where it is not taken for one. */
export async function setAside(fs: Fs, journal: string): Promise<string> {
  const aside = journal.replace(/\.jsonl$/u, '.aside');
  await fs.rename(journal, aside);
  releaseJournal(journal);
  return aside;
}

async function isHeld(pid: number, start: string): Promise<boolean> {
  started ??= tag(await startTimeOf(process.pid));
  // What an earlier document of this process left is free: those that are open are known.
  if (pid === process.pid && start === started) return false;
  if (!(await isProcessAlive(pid, null))) return false;
  return tag(await startTimeOf(pid)) === start;
}

function nameOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 24);
}

function tag(text: string | null): string {
  return createHash('sha256')
    .update(text ?? '')
    .digest('hex')
    .slice(0, 8);
}
