import { chmod, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RecordedDecision } from '../../../../src/core/curation/activeDecisions.ts';
import { dataFixesOf } from '../../../../src/core/curation/dataFixes.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { nameOfWording } from '../../../../src/core/curation/questionText.ts';
import { planFixes, textAfter, writeFixes } from '../../../../src/node/dataset/writeFixes.ts';
import { nodeFs } from '../../../../src/node/storage/fs.ts';
import { faultyFs, hastyFs } from '../../../fakes/faultyFs.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const author = { kind: 'person', name: 'ada' } as const;
const gold = (questionId: string, asked: string, was: string, answer: string): Decision => ({
  type: 'fix-gold',
  author,
  questionId,
  asked: nameOfWording({ question: asked }),
  was,
  answer,
});
const text = (questionId: string, was: string, now: string): Decision => ({
  type: 'fix-question',
  author,
  questionId,
  was,
  text: now,
  reason: 'typo',
});
const fixesOf = (...decisions: Decision[]) =>
  dataFixesOf([
    decisions.map((one, seq): RecordedDecision => ({
      ...one,
      writer: 'w',
      seq,
      at: `2026-01-0${seq + 1}`,
    })),
  ]);

async function fileOf(content: string | Buffer): Promise<string> {
  const path = join(await temporaryFolder(), 'train.jsonl');
  await writeFile(path, content);
  return path;
}

/** A file with all that a line can carry: BOM, CRLF, odd spelling, other rows, no final newline. */
const MIXED = [
  '\uFEFF{"id":"a",  "question":"Caf\\u00e9: 2 plus 3?", "answer":"5","extra":[1.50, 12345678901234567890],"equation":"2 + 3"}\r\n',
  '\r\n',
  'not json \u2028 at all\n',
  '{"answer": "7", "id": "b", "question": "3 plus 4?", "equation": "3 + 4", "k": 1, "k": 2}\n',
  '{"id": "a", "question": "A second row of that id?", "answer": "5"}\n',
  '{"id": "c", "question": "1 plus 1?", "answer": "3"}',
].join('');

describe('writing corrections into a data file', () => {
  it('changes the corrected values and not one byte besides', async () => {
    const path = await fileOf(MIXED);
    const fixes = fixesOf(
      gold('a', 'Café: 2 plus 3?', '5', '6'),
      text('b', '3 plus 4?', '3 plus 4, in all?'),
      gold('c', '1 plus 1?', '3', '2'),
    );
    const plan = await planFixes(path, fixes);
    const expected = MIXED.replace('"answer":"5","extra"', '"answer":"6","extra"')
      .replace(',"equation":"2 + 3"', '')
      .replace('"3 plus 4?"', '"3 plus 4, in all?"')
      .replace('"answer": "3"', '"answer": "2"');
    // Read as bytes: the mark in front of it belongs to the file.
    expect(Buffer.from(await textAfter(plan)).toString('utf8')).toBe(expected);
    expect(await readFile(path, 'utf8')).toBe(MIXED);
    await writeFixes(plan);
    expect(await readFile(path, 'utf8')).toBe(expected);
    expect(plan.left).toEqual([]);
    expect(plan.rows).toEqual([
      { line: 1, id: 'a', question: null, answer: { was: '5', answer: '6' }, equation: 'removed' },
      {
        line: 4,
        id: 'b',
        question: { was: '3 plus 4?', text: '3 plus 4, in all?' },
        answer: null,
        equation: 'kept',
      },
      { line: 6, id: 'c', question: null, answer: { was: '3', answer: '2' }, equation: null },
    ]);
    expect((await planFixes(path, fixes)).rows).toEqual([]);
  });

  it('leaves rows that say something else, and names them', async () => {
    const path = await fileOf(MIXED);
    const fixes = fixesOf(
      gold('a', 'Café: 2 plus 3?', '4', '6'),
      text('b', 'Four plus three?', 'X?'),
      gold('nobody', 'Q?', '1', '2'),
    );
    const plan = await planFixes(path, fixes);
    expect(plan.rows).toEqual([]);
    expect(plan.left).toEqual([
      { line: 1, id: 'a', why: 'answer', says: '5', was: '4' },
      { line: 4, id: 'b', why: 'question', says: '3 plus 4?', was: 'Four plus three?' },
      { line: null, id: 'nobody', why: 'missing', says: '', was: '' },
    ]);
    await writeFixes(plan);
    expect(await readFile(path, 'utf8')).toBe(MIXED);
  });

  it('threat 20: writes nothing where the file changed between look and act', async () => {
    const fixes = fixesOf(gold('c', '1 plus 1?', '3', '2'));
    for (const changed of [
      MIXED.replace('3 plus 4', '3 plus 5'),
      MIXED.replace('"3"', '"9"'),
      '',
    ]) {
      const path = await fileOf(MIXED);
      const plan = await planFixes(path, fixes);
      await writeFile(path, changed);
      await expect(writeFixes(plan)).rejects.toMatchObject({ code: 'store.stale' });
      expect(await readFile(path, 'utf8')).toBe(changed);
      expect(await readdir(dirname(path))).toEqual(['train.jsonl']);
    }
  });

  it('threat 20: writes nothing over a file that came while it was writing', async () => {
    const theirs = MIXED.replace('3 plus 4', '3 plus 5');
    for (const come of [
      (path: string) => writeFile(path, theirs),
      async (path: string) => {
        await writeFile(`${path}.theirs`, theirs);
        await rename(`${path}.theirs`, path);
      },
    ]) {
      const path = await fileOf(MIXED);
      const plan = await planFixes(path, fixesOf(gold('c', '1 plus 1?', '3', '2')));
      // What it is made from has been read to its end by the time that the new file is synced.
      const fs = {
        ...nodeFs,
        open: async (...args: Parameters<typeof nodeFs.open>) => {
          const handle = await hastyFs.open(...args);
          return args[1] === 'r' ? handle : { ...handle, sync: () => come(path) };
        },
      };
      await expect(writeFixes(plan, { fs })).rejects.toMatchObject({ code: 'store.stale' });
      expect(await readFile(path, 'utf8')).toBe(theirs);
      expect(await readdir(dirname(path))).toEqual(['train.jsonl']);
    }
  });

  it('keeps the mode of the file and follows a link to it', async () => {
    const path = await fileOf(MIXED);
    await chmod(path, 0o640);
    const link = join(await temporaryFolder(), 'link.jsonl');
    await symlink(path, link);
    await writeFixes(await planFixes(link, fixesOf(gold('c', '1 plus 1?', '3', '2'))));
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await readFile(path, 'utf8')).toContain('"1 plus 1?", "answer": "2"}');
  });

  it('fault: kill -9 during snapshot: after an interruption at any operation the file is the old or the new one', async () => {
    const fixes = fixesOf(gold('c', '1 plus 1?', '3', '2'));
    const whole = MIXED.replace('"answer": "3"', '"answer": "2"');
    for (const fault of ['full', 'dieBefore', 'dieAfter', { fail: 'EIO' }] as const) {
      for (let at = 1; ; at += 1) {
        const path = await fileOf(MIXED);
        const plan = await planFixes(path, fixes);
        const fs = faultyFs(fault, at);
        await writeFixes(plan, { fs }).catch(() => undefined);
        await fs.cleanUp();
        expect([MIXED, whole]).toContain(await readFile(path, 'utf8'));
        if (!fs.fired() && fault !== 'full') break;
        if (at > 40) break;
      }
    }
  });

  it('can be stopped', async () => {
    const path = await fileOf(MIXED);
    const plan = await planFixes(path, fixesOf(gold('c', '1 plus 1?', '3', '2')));
    const signal = AbortSignal.abort();
    await expect(writeFixes(plan, { signal })).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readFile(path, 'utf8')).toBe(MIXED);
  });
});
