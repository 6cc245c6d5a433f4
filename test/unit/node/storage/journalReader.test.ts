import { appendFile, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JournalReader } from '../../../../src/node/storage/journalReader.ts';
import { note, noteSchema, openNotes } from '../../../fakes/noteJournal.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

async function aJournal() {
  const path = join(await temporaryFolder(), 'w-1.jsonl');
  const reader = new JournalReader(path, noteSchema);
  const write = async (...texts: string[]): Promise<void> => {
    const journal = await openNotes(path);
    for (const text of texts) await journal.append(note(text));
    await journal.close();
  };
  const look = async () => {
    const { records, quarantined, restarted } = await reader.look();
    return {
      texts: records.map(({ text }) => text),
      bad: quarantined.map((q) => q.line),
      restarted,
    };
  };
  return { path, write, look };
}

describe('JournalReader', () => {
  it('reads what is new, and nothing twice', async () => {
    const { write, look } = await aJournal();
    expect(await look()).toEqual({ texts: [], bad: [], restarted: false });
    await write('a', 'b');
    expect((await look()).texts).toEqual(['a', 'b']);
    expect((await look()).texts).toEqual([]);
    await write('c');
    expect(await look()).toEqual({ texts: ['c'], bad: [], restarted: false });
  });

  it('leaves a last line without its newline until that is there', async () => {
    const { path, write, look } = await aJournal();
    await write('a', 'b');
    const whole = await readFile(path, 'utf8');
    for (const cut of [1, 5, whole.length - whole.indexOf('\n') - 1]) {
      await writeFile(path, whole.slice(0, whole.length - cut));
      const reader = new JournalReader(path, noteSchema);
      expect((await reader.look()).records.map(({ text }) => text)).toEqual(['a']);
      await appendFile(path, whole.slice(whole.length - cut));
      expect((await reader.look()).records.map(({ text }) => text)).toEqual(['b']);
    }
    expect((await look()).texts).toEqual(['a', 'b']);
  });

  it('numbers bad lines from the top of the file', async () => {
    const { path, write, look } = await aJournal();
    await write('a');
    await look();
    await appendFile(path, 'not json\n');
    await write('b');
    await appendFile(path, '{"v":1}\n');
    expect(await look()).toEqual({ texts: ['b'], bad: [2, 4], restarted: false });
  });

  it('fault: file replaced or truncated while open: starts again with what is there now', async () => {
    const { path, write, look } = await aJournal();
    await write('a', 'b');
    await look();
    const [first = '', second = ''] = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, `${second}\n${first}\n${'x'.repeat(100)}\n`);
    expect(await look()).toEqual({ texts: ['b', 'a'], bad: [3], restarted: true });
    await truncate(path, 0);
    expect(await look()).toEqual({ texts: [], bad: [], restarted: true });
    await write('c');
    expect((await look()).texts).toEqual(['c']);
    await rm(path);
    expect(await look()).toEqual({ texts: [], bad: [], restarted: true });
    expect((await look()).restarted).toBe(false);
  });

  it('notices an edit that keeps the length', async () => {
    const { path, write, look } = await aJournal();
    await write('a');
    await look();
    await writeFile(path, (await readFile(path, 'utf8')).replace('"a"', '"x"'));
    await utimes(path, new Date(), new Date(Date.now() + 5_000));
    expect(await look()).toEqual({ texts: [], bad: [1], restarted: true });
  });
});
