import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../../../../src/core/errors.ts';
import type { Fs } from '../../../../src/node/storage/fs.ts';
import { readJournal } from '../../../../src/node/storage/readJournal.ts';
import { Died, atEveryOperation, type Fault } from '../../../fakes/faultyFs.ts';
import { note, noteSchema, openNotes } from '../../../fakes/noteJournal.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const LENGTHS = [3, 900, 70_000, 10];

/** Appends a few records through a disk that may fail; resolves to the texts whose append was confirmed. */
async function appendSome(path: string, fs: Fs, tag: string): Promise<string[]> {
  const confirmed: string[] = [];
  try {
    const journal = await openNotes(path, { fs });
    for (const [index, length] of LENGTHS.entries()) {
      const text = `${tag}-${index}-${'x'.repeat(length)}`;
      try {
        await journal.append(note(text), { sync: index % 2 === 0 });
        confirmed.push(text);
      } catch (error) {
        if (!(error instanceof Died) && !isAppError(error)) throw error;
      }
    }
    await journal.close();
  } catch (error) {
    if (!(error instanceof Died) && !isAppError(error)) throw error;
  }
  return confirmed;
}

async function everyRecordStands(path: string, confirmed: readonly string[]): Promise<void> {
  const { records, quarantined } = await readJournal(path, noteSchema);
  const texts = records.map(({ text }) => text);
  expect(texts).toEqual(expect.arrayContaining([...confirmed]));
  expect(quarantined.length).toBeLessThanOrEqual(1);
  expect(new Set(records.map(({ seq }) => seq)).size).toBe(records.length);
}

async function survives(fault: Fault, atLeast: number): Promise<void> {
  const folder = await temporaryFolder();
  const runs = await atEveryOperation(fault, async (fs, at) => {
    const path = join(folder, `n${at}`, 'w-1.jsonl');
    const before = await appendSome(path, fs, 'first');
    await fs.cleanUp();
    // A later process re-opens the file with a healthy disk.
    const after = await openNotes(path);
    await after.append(note('later'), { sync: true });
    await after.close();
    await everyRecordStands(path, [...before, 'later']);
  });
  expect(runs).toBeGreaterThanOrEqual(atLeast);
}

describe('journal at every operation', () => {
  it('fault: kill -9 host at every journal operation (before it)', () => survives('dieBefore', 10));
  it('fault: kill -9 host at every journal operation (after it)', () => survives('dieAfter', 10));
  it('fault: disk full (journal), re-opened after space came back', () => survives('full', 5));
  for (const code of ['EIO', 'EACCES', 'EROFS', 'EMFILE', 'ENOENT']) {
    it(`fault: EACCES, EROFS, EMFILE, ENOENT at every journal operation: ${code}`, () =>
      survives({ fail: code }, 10));
  }

  it('fault: disk full (journal): the same open journal goes on after space returns', async () => {
    const folder = await temporaryFolder();
    await atEveryOperation('full', async (fs, at) => {
      const path = join(folder, `n${at}.jsonl`);
      let journal;
      try {
        journal = await openNotes(path, { fs });
      } catch (error) {
        expect(error).toMatchObject({ code: 'store.diskFull' });
        return;
      }
      const confirmed: string[] = [];
      for (let index = 0; index < 4; index += 1) {
        const text = `${index}-${'x'.repeat(2_000)}`;
        const outcome = await journal.append(note(text)).catch((error: unknown) => error);
        if (isAppError(outcome)) {
          expect(outcome).toMatchObject({ code: 'store.diskFull', detail: { path } });
        } else confirmed.push(text);
      }
      fs.heal();
      confirmed.push((await journal.append(note('space again'), { sync: true })).text);
      await journal.close();
      const { records, quarantined } = await readJournal(path, noteSchema);
      expect(records.map(({ text }) => text)).toEqual(confirmed);
      expect(quarantined.length).toBeLessThanOrEqual(1);
      expect((await readFile(path, 'utf8')).endsWith('\n')).toBe(true);
    });
  });
});
