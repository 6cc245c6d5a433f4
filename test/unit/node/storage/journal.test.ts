import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, sha256Text } from '../../../../src/core/hash.ts';
import { openJournal } from '../../../../src/node/storage/journal.ts';
import { readJournal } from '../../../../src/node/storage/readJournal.ts';
import { fakeClock } from '../../../fakes/fakeClock.ts';
import { note, noteSchema, openNotes } from '../../../fakes/noteJournal.ts';
import { asWritten } from '../../../fakes/asWritten.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const at = async (): Promise<string> => join(await temporaryFolder(), 'rounds', '0', 'w-1.jsonl');

describe('journal', () => {
  it('stamps, appends one line per record and reads the same back', async () => {
    const path = await at();
    const journal = await openNotes(path);
    const first = await journal.append(note('a'));
    const second = await journal.append(note('b\u2028c'), { sync: true });
    await journal.close();
    expect([first.seq, second.seq]).toEqual([0, 1]);
    expect(first).toMatchObject({ v: 1, writer: 'w-1', at: '2026-01-01T00:00:00.000Z', text: 'a' });
    const { sum, ...rest } = first;
    expect(sum).toBe(sha256Text(canonicalJson(rest)).slice(0, 8));
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(3);
    const found = await readJournal(path, noteSchema);
    expect(found.records).toEqual([first, second]);
    expect(found).toMatchObject({ quarantined: [], ignored: 0, repeated: 0, tornBytes: 0 });
    expect(found.endOffset).toBe((await readFile(path)).length);
  });

  it('is empty where there is no file', async () => {
    expect((await readJournal(await at(), noteSchema)).records).toEqual([]);
  });

  it('goes on counting after the last record of its writer', async () => {
    const path = await at();
    for (const text of ['a', 'b', 'c']) {
      const journal = await openNotes(path);
      await journal.append(note(text));
      await journal.close();
    }
    const { records } = await readJournal(path, noteSchema);
    expect(records.map(({ seq }) => seq)).toEqual([0, 1, 2]);
  });

  it('never gives a number twice, even that of a damaged record', async () => {
    const path = await at();
    const journal = await openNotes(path);
    await journal.append(note('good'));
    await journal.append(note('damaged'));
    await journal.close();
    await writeFile(path, (await readFile(path, 'utf8')).replace('damaged', 'changed'));
    const again = await openNotes(path);
    expect((await again.append(note('next'))).seq).toBe(2);
    await again.close();
    const found = await readJournal(path, noteSchema);
    expect(found.records.map(({ text }) => text)).toEqual(['good', 'next']);
    expect(asWritten(found.quarantined)).toMatchObject([
      { line: 2, reason: expect.stringContaining('checksum') },
    ]);
  });

  it('starts a new line after a torn tail, so that only the torn record is lost', async () => {
    const path = await at();
    const journal = await openNotes(path);
    await journal.append(note('whole'));
    await journal.append(note('torn'));
    await journal.close();
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length - 5));
    const before = await readJournal(path, noteSchema);
    expect(before).toMatchObject({ quarantined: [], records: [{ text: 'whole' }] });
    expect(before.tornBytes).toBeGreaterThan(0);
    const again = await openNotes(path);
    await again.append(note('after'));
    await again.close();
    const after = await readJournal(path, noteSchema);
    expect(after.records.map(({ text }) => text)).toEqual(['whole', 'after']);
    expect(after.quarantined).toMatchObject([{ line: 2, byteOffset: before.endOffset }]);
  });

  it('accepts a last record that lacks only its newline', async () => {
    const path = await at();
    const journal = await openNotes(path);
    await journal.append(note('a'));
    await journal.close();
    await writeFile(path, (await readFile(path, 'utf8')).trimEnd());
    expect((await readJournal(path, noteSchema)).records).toHaveLength(1);
    const again = await openNotes(path);
    await again.append(note('b'));
    await again.close();
    const { records, quarantined } = await readJournal(path, noteSchema);
    expect([records.length, quarantined.length]).toEqual([2, 0]);
  });

  it('keeps the order of appends that were not waited for', async () => {
    const path = await at();
    const journal = await openNotes(path);
    const texts = Array.from({ length: 200 }, (_, index) => `n${index}`);
    await Promise.all(
      texts.map((text, index) => journal.append(note(text), { sync: index % 7 === 0 })),
    );
    await journal.flush();
    await journal.close();
    const { records } = await readJournal(path, noteSchema);
    expect(records.map(({ text }) => text)).toEqual(texts);
  });

  it('returns any text as it was, half surrogates and control characters included', async () => {
    const path = await at();
    const journal = await openNotes(path);
    const written: string[] = [];
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const odd = `${text}\ud800\u0000\u001b[31m\u202e`;
        await journal.append(note(odd));
        written.push(odd);
      }),
      { numRuns: 50 },
    );
    await journal.close();
    const { records, quarantined } = await readJournal(path, noteSchema);
    expect(quarantined).toEqual([]);
    expect(records.map(({ text }) => text)).toEqual(written);
  });

  it('refuses payloads that it could not give back', async () => {
    const path = await at();
    const journal = await openNotes(path);
    await expect(journal.append(note('x'.repeat(17 * 1024 * 1024)))).rejects.toMatchObject({
      code: 'store.io',
    });
    const clash = await openJournal(`${path}2`, {
      schema: z.object({ seq: z.number() }),
      writer: 'w-1',
      clock: fakeClock(),
    });
    await expect(clash.append({ seq: 1 })).rejects.toThrow(/seq/u);
    await clash.close();
    await journal.close();
    await expect(journal.append(note('late'))).rejects.toThrow(/closed/u);
    expect((await readJournal(path, noteSchema)).records).toEqual([]);
  });

  it('marks records with the lock generation and refuses late ones of an older generation', async () => {
    const path = await at();
    const old = await openNotes(path, { generation: 7 });
    await old.append(note('old'));
    const fresh = await openNotes(path, { generation: 8 });
    expect(await fresh.append(note('new'))).toMatchObject({ gen: 8 });
    await old.append(note('from the past'));
    await old.close();
    await fresh.close();
    const { records, quarantined } = await readJournal(path, noteSchema);
    expect(records.map(({ text }) => text)).toEqual(['old', 'new']);
    expect(asWritten(quarantined)).toMatchObject([
      { line: 3, reason: expect.stringContaining('generation 7') },
    ]);
    await expect(openNotes(path, { generation: 7 })).rejects.toMatchObject({ code: 'lock.lost' });
  });

  it('leaves out record types that it does not know, and counts them', async () => {
    const path = await at();
    const other = await openJournal(path, {
      schema: z.object({ type: z.literal('later'), depth: z.number() }),
      writer: 'w-1',
      clock: fakeClock(),
    });
    await other.append({ type: 'later', depth: 1 });
    await other.close();
    const journal = await openNotes(path);
    await journal.append(note('a'));
    await journal.close();
    expect(await readJournal(path, noteSchema)).toMatchObject({
      ignored: 1,
      quarantined: [],
      records: [{ text: 'a' }],
    });
  });

  it('fault: EACCES, EROFS, EMFILE, ENOENT: notices that its folder was deleted or its file replaced', async () => {
    const path = await at();
    const journal = await openNotes(path);
    await journal.append(note('a'));
    await rm(join(path, '..'), { recursive: true });
    await expect(journal.append(note('b'), { sync: true })).rejects.toMatchObject({
      code: 'store.missing',
      detail: { path },
    });
    await mkdir(join(path, '..'));
    await appendFile(path, '');
    await expect(journal.append(note('c'))).rejects.toMatchObject({ code: 'store.missing' });
    await journal.close();
    expect((await readJournal(path, noteSchema)).records).toEqual([]);
  });
});
