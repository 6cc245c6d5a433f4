import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeByTime, readJournal } from '../../../../src/node/storage/readJournal.ts';
import { sealRecord, type Stamped } from '../../../../src/node/storage/stamp.ts';
import { note, noteSchema, openNotes, type Note } from '../../../fakes/noteJournal.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { asWritten } from '../../../fakes/asWritten.ts';

async function written(texts: readonly string[], writer = 'w-1', now?: number): Promise<string> {
  const path = join(await temporaryFolder(), `${writer}.jsonl`);
  const journal = await openNotes(path, { writer, ...(now === undefined ? {} : { now }) });
  for (const text of texts) await journal.append(note(text));
  await journal.close();
  return path;
}
const textsOf = (records: readonly Note[]): string[] => records.map(({ text }) => text);

describe('readJournal', () => {
  it('fault: journal edited or git-merged (conflict markers): exact lines listed, the rest loads', async () => {
    const path = await written(['a', 'b', 'c']);
    const [a, b, c] = (await readFile(path, 'utf8')).split('\n');
    const merged = [a, '<<<<<<< HEAD', b, '=======', b, c, '>>>>>>> other', 'by hand', '', ''];
    await writeFile(path, merged.join('\n'));
    const found = await readJournal(path, noteSchema);
    expect(textsOf(found.records)).toEqual(['a', 'b', 'c']);
    expect(found.repeated).toBe(1);
    expect(found.quarantined.map(({ line }) => line)).toEqual([2, 4, 7, 8]);
    const text = await readFile(path, 'utf8');
    for (const { byteOffset, line, file } of found.quarantined) {
      expect(text.slice(byteOffset).split('\n')[0]).toBe(merged[line - 1]);
      expect(file).toBe(path);
    }
    expect(String(found.quarantined[0]?.reason)).toContain('conflict marker');
  });

  it('quarantines any changed byte, and only that record', async () => {
    const path = await written(['first', 'second', 'third']);
    const clean = await readFile(path);
    const lines = clean.toString('utf8').split('\n');
    const start = lines[0]!.length + 1;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: start, max: start + lines[1]!.length - 1 }),
        fc.integer({ min: 1, max: 127 }),
        async (position, flip) => {
          const bytes = Buffer.from(clean);
          bytes[position] = bytes[position]! ^ flip;
          // A version that reads as a newer one makes the whole file one to be left alone.
          fc.pre(!/"v":[2-9]/u.test(bytes.subarray(start).toString('latin1')));
          await writeFile(path, bytes);
          const { records, quarantined } = await readJournal(path, noteSchema);
          expect(textsOf(records)).toEqual(['first', 'third']);
          expect(quarantined.length).toBeGreaterThanOrEqual(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('accepts a record that another program wrote with other spacing and key order', async () => {
    const path = await written(['a']);
    const record: unknown = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, `${JSON.stringify(record, null, 1).replaceAll('\n', ' ')}\r\n`);
    expect(textsOf((await readJournal(path, noteSchema)).records)).toEqual(['a']);
  });

  it('fault: older / newer schema version: a newer file is left alone with a notice', async () => {
    const path = await written(['a']);
    const newer = `${JSON.stringify({ v: 2, kind: 'unheard of' })}\n`;
    await writeFile(path, (await readFile(path, 'utf8')) + newer);
    const before = await readFile(path);
    const refusal = {
      code: 'store.newerVersion',
      message: expect.stringContaining('line 2'),
      detail: { version: 2 },
    };
    await expect(readJournal(path, noteSchema)).rejects.toMatchObject(refusal);
    await expect(openNotes(path)).rejects.toMatchObject(refusal);
    expect(await readFile(path)).toEqual(before);
  });

  it('fault: older / newer schema version: no version before 1 exists, so such a line is listed', async () => {
    const path = await written(['a']);
    const older = { v: 0, writer: 'w-1', seq: 9, at: '2026-01-01T00:00:00.000Z', ...note('old') };
    await writeFile(path, `${sealRecord(older).line}\n${await readFile(path, 'utf8')}`);
    const { records, quarantined } = await readJournal(path, noteSchema);
    expect(textsOf(records)).toEqual(['a']);
    expect(asWritten(quarantined)).toMatchObject([
      { line: 1, reason: expect.stringContaining('stamp') },
    ]);
  });

  it('lists records that do not fit their type', async () => {
    const path = await written(['a']);
    const stamp = { v: 1, writer: 'w-1', seq: 1, at: '2026-01-01T00:00:00.000Z' };
    const lines = [{ ...stamp, type: 'note', text: 5 }, { ...stamp, text: 'no type' }, [1]];
    const sealed = lines.map((line) =>
      Array.isArray(line) ? JSON.stringify(line) : sealRecord(line).line,
    );
    await writeFile(path, `${await readFile(path, 'utf8')}${sealed.join('\n')}\n`);
    const { records, quarantined, ignored } = await readJournal(path, noteSchema);
    expect([records.length, ignored]).toEqual([1, 0]);
    expect(quarantined.map(({ line }) => line)).toEqual([2, 3, 4]);
    expect(String(quarantined[0]?.reason)).toContain('text');
  });
});

describe('mergeByTime', () => {
  const record = (writer: string, seq: number, at: number): Stamped<Note> => ({
    ...note(`${writer}${seq}`),
    v: 1,
    writer,
    seq,
    at: new Date(at).toISOString(),
    sum: '',
  });

  it('orders by time, then writer, then number', () => {
    const a = [record('a', 0, 10), record('a', 1, 30)];
    const b = [record('b', 0, 10), record('b', 1, 20)];
    expect(textsOf(mergeByTime([b, a]))).toEqual(['a0', 'b0', 'b1', 'a1']);
  });

  it('fault: clock jumps back: a writer keeps its own order', async () => {
    const path = await written(['before', 'still before'], 'w-1', 5_000_000);
    const journal = await openNotes(path, { now: 1_000 });
    await journal.append(note('after the jump'));
    await journal.close();
    const other = await written(['between'], 'w-2', 4_000_000);
    const merged = mergeByTime(
      await Promise.all([other, path].map(async (p) => (await readJournal(p, noteSchema)).records)),
    );
    expect(textsOf(merged)).toEqual(['between', 'before', 'still before', 'after the jump']);
  });

  it('fault: clock jumps back (any clock): no writer is reordered, and the order is the same whoever reads first', () => {
    const journal = (writer: string): fc.Arbitrary<Stamped<Note>[]> =>
      fc
        .array(fc.integer({ min: 0, max: 50 }), { maxLength: 8 })
        .map((times) => times.map((time, seq) => record(writer, seq, time)));
    fc.assert(
      fc.property(journal('a'), journal('b'), journal('c'), (a, b, c) => {
        const merged = mergeByTime([a, b, c]);
        expect(mergeByTime([c, [...a].reverse(), b])).toEqual(merged);
        for (const own of [a, b, c]) {
          expect(merged.filter(({ writer }) => writer === own[0]?.writer)).toEqual(own);
        }
      }),
    );
  });
});
