import { existsSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/node/terminal/exitCodes.ts';
import { NO_PUBLIC_DATA, publicData } from '../fakes/publicData.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { onlyJson, tailor } from './tailor.ts';

const CSV =
  'problem;result;n\nOne and one?;2;1\n"Two; and two?";4;2\n"open"ed?;5;3\nMany?;some;4\n';

async function emptyProject(): Promise<string> {
  const root = await temporaryFolder();
  expect((await tailor(['init', '.', '--student', 'models/mine'], root)).code).toBe(EXIT.ok);
  return root;
}

describe('tailor import of own rows', () => {
  it('shows what it guessed and asks nobody: --yes agrees, and the --map it names is the same', async () => {
    const root = await emptyProject();
    const rows = Array.from({ length: 20 }, (_, n) => `What is ${n} and one?;${n + 1};${n}`);
    await writeFile(join(root, 'mine.csv'), `${CSV}${rows.join('\n')}\n`);
    const refused = await tailor(['import', 'auto', 'mine.csv'], root);
    expect(refused.code).toBe(EXIT.usage);
    expect(refused.err).toContain('question = problem: in 23 of 23 rows');
    expect(refused.err).toContain('answer = result: in 22 of 23 rows');
    expect(refused.err).toContain('Two; and two? → 4');
    expect(refused.err).toContain(
      'tailor import csv mine.csv --map question=problem,answer=result',
    );
    expect(existsSync(join(root, 'data'))).toBe(false);
    const json = await tailor(['import', 'csv', 'mine.csv', '--json'], root);
    expect(json.code).toBe(EXIT.usage);
    expect(onlyJson(json)).toMatchObject({
      error: { detail: { mapping: { question: 'problem', answer: 'result' }, rows: 23 } },
    });

    const agreed = await tailor(['import', 'auto', 'mine.csv', '--to', 'train', '--yes'], root);
    expect(agreed.code).toBe(EXIT.ok);
    expect(agreed.out).toContain('Read 24 rows of mine.csv: 22 kept, 2 bad');
    expect(agreed.out).toMatch(/Line 4 of mine\.csv: problem has text behind the quotation mark/u);
    expect(agreed.out).toContain('Line 5 of mine.csv: result is not one number: "some"');
    expect(agreed.err).toContain('question = problem: in 23 of 23 rows');
    const guessed = await readFile(join(root, 'data/train.jsonl'), 'utf8');
    const map = ['--map', 'question=problem,answer=result', '--to', 'train', '--replace'];
    expect((await tailor(['import', 'csv', 'mine.csv', ...map], root)).code).toBe(EXIT.ok);
    expect(await readFile(join(root, 'data/train.jsonl'), 'utf8')).toBe(guessed);
  });

  it('takes the own form without a guess, and Parquet by its rows', async () => {
    const root = await emptyProject();
    await writeFile(join(root, 'own.jsonl'), '{"id":"a","question":"1 and 1?","answer":"2"}\n');
    expect((await tailor(['import', 'auto', 'own.jsonl', '--to', 'dev'], root)).code).toBe(EXIT.ok);
    const fixtures = join(import.meta.dirname, '..', 'fixtures', 'parquet');
    await copyFile(join(fixtures, 'numbers.zstd.parquet'), join(root, 'n.parquet'));
    const args = ['import', 'parquet', 'n.parquet', '--to', 'train', '--json'];
    const map = ['--map', 'question=problem,answer=picture'];
    const none = await tailor([...args, ...map], root);
    expect(none.code).toBe(EXIT.data);
    expect(none.err).toContain('Row 1 of n.parquet: picture');
    const read = await tailor([...args, '--yes'], root);
    expect(onlyJson(read)).toMatchObject({
      counts: { read: 2500, kept: 2500 },
      guess: { mapping: { question: 'problem' }, kind: 'number' },
    });
  });

  it.skipIf(NO_PUBLIC_DATA !== null)('reads MultiArith and MAWPS as published', async () => {
    const root = await emptyProject();
    const sets = [
      ['multiarith', 'multiarith/MultiArith.json', 600],
      ['mawps', 'svamp/mawps-asdiv-a.train.csv', 3138],
    ] as const;
    for (const [set, path, rows] of sets) {
      for (const format of [set, 'auto']) {
        const file = fileURLToPath(publicData(path));
        const read = await tailor(['import', format, file, '--replace', '--json'], root);
        expect(onlyJson(read)).toMatchObject({ counts: { read: rows, bad: 0 } });
      }
    }
  });
});
