import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { isAppError } from '../../../../src/core/errors.ts';
import { readParquetRows } from '../../../../src/node/imports/parquetRows.ts';
import { nodeFs } from '../../../../src/node/storage/fs.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/parquet');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailor-parquet-'));
  return () => rm(folder, { recursive: true, force: true });
});

async function read(path: string, most = Infinity): Promise<[number, unknown][]> {
  const rows: [number, unknown][] = [];
  await readParquetRows(path, {
    fs: nodeFs,
    signal: undefined,
    onRow: (row, number) => rows.push([number, row]) >= most,
  });
  return rows;
}

async function refusal(path: string): Promise<string> {
  const failure: unknown = await read(path).catch((error: unknown) => error);
  if (!isAppError(failure, 'data.invalid')) throw new Error(String(failure));
  return failure.message;
}

describe('Parquet', () => {
  test('lists in structures are nested as they are', async () => {
    const rows = await read(join(FIXTURES, 'choices.snappy.parquet'));
    expect(rows[0]).toEqual([
      1,
      {
        id: 'c-1',
        question: 'Where do fish live?',
        question_concept: 'fish',
        choices: { label: ['A', 'B', 'C'], text: ['trees', 'water', 'sand'] },
        answerKey: 'B',
      },
    ]);
  });

  test.each(['none', 'gzip', 'brotli', 'zstd'])('packed by %s', async (codec) => {
    expect(await read(join(FIXTURES, `options.${codec}.parquet`))).toEqual([
      [1, { question: 'Two and two?', options: ['3', '4'], label: 1, true: true }],
      [2, { question: 'Three and three?', options: ['6', '7'], label: 0, true: null }],
    ]);
  });

  test('what only a newer Node unpacks is said in a sentence, before anything is read', async () => {
    const { gunzipSync, brotliDecompressSync } = zlib;
    const older = (path: string) => {
      const rows: unknown[] = [];
      return readParquetRows(path, {
        fs: nodeFs,
        signal: undefined,
        unpack: { gunzipSync, brotliDecompressSync },
        onRow: (row) => rows.push(row) > 0,
      }).then(
        () => rows.length,
        (error: unknown) => error,
      );
    };
    const path = join(FIXTURES, 'options.zstd.parquet');
    expect(await older(path)).toMatchObject({
      code: 'data.invalid',
      message: `${path} is packed by Zstandard, which the Node ${process.versions.node} of this program cannot unpack: it is older than 22.15.`,
      hint: expect.stringContaining('Snappy or gzip') as string,
    });
    expect(await older(join(FIXTURES, 'options.gzip.parquet'))).toBe(1);
  });

  test('several row groups are read in order; long integers stay exact', async () => {
    const rows = await read(join(FIXTURES, 'numbers.zstd.parquet'));
    expect(rows.map(([number]) => number)).toEqual(Array.from({ length: 2500 }, (_, n) => n + 1));
    expect(rows[2345]?.[1]).toMatchObject({
      problem: 'What is 2345 and 2345?',
      result: 4690,
      steps: ['2345 + 2345 = 4690'],
      long: String(2n ** 60n + 2345n),
    });
    expect(await read(join(FIXTURES, 'numbers.zstd.parquet'), 5)).toHaveLength(5);
  });

  test('what cannot be read is one refusal that names file and reason', async () => {
    expect(await refusal(join(FIXTURES, 'options.lz4.parquet'))).toContain('LZ4');
    const whole = await readFile(join(FIXTURES, 'choices.snappy.parquet'));
    const bad: [string, Buffer][] = [
      ['cut', whole.subarray(0, -20)],
      ['empty', Buffer.alloc(0)],
      ['text', Buffer.from('question,answer\n')],
      [
        'huge footer',
        Buffer.concat([whole.subarray(0, -8), Buffer.from('ffffff7fPAR1', 'latin1')]),
      ],
    ];
    for (const [name, bytes] of bad) {
      const path = join(folder, name);
      await writeFile(path, bytes);
      expect(await refusal(path), name).toContain(path);
    }
  });

  test('any damaged byte is a refusal or other values, never a crash', async () => {
    const whole = await readFile(join(FIXTURES, 'choices.snappy.parquet'));
    const path = join(folder, 'damaged.parquet');
    for (let at = 0; at < whole.length; at += 23) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      await writeFile(path, damaged);
      const outcome: unknown = await read(path).catch((error: unknown) => error);
      expect(Array.isArray(outcome) || isAppError(outcome, 'data.invalid'), `byte ${at}`).toBe(
        true,
      );
    }
  });

  test('is stopped by its signal', async () => {
    const failure: unknown = await readParquetRows(join(FIXTURES, 'numbers.zstd.parquet'), {
      fs: nodeFs,
      signal: AbortSignal.abort(),
      onRow: () => false,
    }).catch((error: unknown) => error);
    expect(isAppError(failure, 'cancelled')).toBe(true);
  });
});
