import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAppError } from '../../../src/core/errors.ts';
import { givesGold } from '../../../src/core/dataset/equation.ts';
import { questionId } from '../../../src/core/dataset/question.ts';
import { goldValue } from '../../../src/core/grading/gold.ts';
import { carve } from '../../../src/core/dataset/splits.ts';
import { importFile } from '../../../src/node/importFile.ts';
import { NO_PUBLIC_DATA, publicData } from '../../fakes/publicData.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailor-import-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function file(content: string | Uint8Array): Promise<string> {
  files += 1;
  const path = join(folder, `data${files}`);
  await writeFile(path, content);
  return path;
}

const ROWS = [
  { question: 'One and one?', answer: '2' },
  { question: 'A line\u2028separator, 3?', answer: '3' },
  { question: 'Two and two?', answer: '4' },
];
const lines = (end: string): string => ROWS.map((row) => JSON.stringify(row)).join(end);

describe('fault: dataset: BOM, CRLF, lone CR, U+2028, blank lines, no final newline', () => {
  test.each([
    ['BOM', `\ufeff${lines('\n')}\n`],
    ['CRLF', `${lines('\r\n')}\r\n`],
    ['lone CR inside and at the end', `${lines('\r\n')}\r`.replaceAll('","', '",\r"')],
    ['U+2028 raw', `${lines('\n')}\n`.replaceAll('\\u2028', '\u2028')],
    ['blank lines', `\n\n${lines('\n\n \t\n')}\n\n`],
    ['no final newline', lines('\n')],
    ['an array', JSON.stringify(ROWS)],
    [
      'an array with BOM and CRLF',
      `\ufeff${JSON.stringify(ROWS, null, 2).replaceAll('\n', '\r\n')}`,
    ],
  ])('%s', async (_, content) => {
    const clean = await importFile(await file(`${lines('\n')}\n`));
    const other = await importFile(await file(content));
    expect(clean.questions).toHaveLength(3);
    expect(other.bad).toEqual([]);
    expect(other.questions).toEqual(clean.questions);
  });
});

describe('a file with bad rows', () => {
  test('loads the rest and names line and field', async () => {
    const path = await file(
      [
        '{"question":"A?","answer":1}',
        'not json',
        '',
        '{"question":"B?","answer":"many"}',
        '{"question":"C?","answer":NaN}',
        '[1]',
        '{"question":"A?","answer":1}',
        '{"question":"D?","answer":1e999}',
        '{"question":"E?","answer":5}',
      ].join('\n'),
    );
    const result = await importFile(path);
    expect(result.questions.map(({ question }) => question)).toEqual(['A?', 'E?']);
    expect(result.bad.map(({ line, field }) => [line, field])).toEqual([
      [2, null],
      [4, 'answer'],
      [5, null],
      [6, null],
      [8, null],
    ]);
    expect(result).toMatchObject({
      layout: 'lines',
      blank: 1,
      counts: { read: 8, kept: 2, bad: 5, duplicates: 1 },
    });
  });

  test('an array too: each element has its line, one bad element hides none', async () => {
    const path = await file(
      '[\n {"question":"A, [b] \\"?","answer":1},\n {"question":"B?" "answer":2},\n' +
        ' {"question":"C?",\n  "answer":3},\n 7, , {"question":"D?"}\n]\n junk',
    );
    const result = await importFile(path);
    expect(result.questions.map(({ question }) => question)).toEqual(['A, [b] "?', 'C?']);
    expect(result.bad.map(({ line, field }) => [line, field])).toEqual([
      [3, null],
      [6, null],
      [6, null],
      [6, 'answer'],
      [8, null],
    ]);
    expect(result.counts).toEqual({ read: 7, kept: 2, bad: 5, duplicates: 0 });
  });

  test.each([
    ['', 0, 0],
    ['\n \n', 0, 0],
    ['[]', 0, 0],
    ['[{"question":"A?","answer":1}', 1, 1],
    ['[{"question":"A?","answer":1},{"question":"B', 1, 1],
    ['[', 0, 1],
  ])('%j', async (content, kept, bad) => {
    const { counts } = await importFile(await file(content));
    expect([counts.kept, counts.bad]).toEqual([kept, bad]);
  });

  test('another encoding is one bad row with a reason', async () => {
    const utf16 = Buffer.from(`\ufeff${lines('\n')}`, 'utf16le');
    const { bad, counts } = await importFile(await file(utf16));
    expect(counts).toEqual({ read: 1, kept: 0, bad: 1, duplicates: 0 });
    expect(String(bad[0]?.reason)).toMatch(/UTF-16/u);
  });
});

describe('a file that cannot be imported', () => {
  test('says which fields it has', async () => {
    const path = await file('{"frage":"A?","antwort":1}\n');
    const failure: unknown = await importFile(path).catch((error: unknown) => error);
    expect(isAppError(failure, 'data.invalid') && failure.hint).toContain('frage, antwort');
    const mapping = { question: 'frage', answer: 'antwort' };
    const result = await importFile(path, { format: { kind: 'mapped', mapping } });
    expect(result.counts.kept).toBe(1);
  });

  test('is missing, or the import was stopped', async () => {
    const missing: unknown = await importFile(join(folder, 'none')).catch(
      (error: unknown) => error,
    );
    expect(isAppError(missing, 'store.missing')).toBe(true);
    const path = await file(lines('\n'));
    const stopped: unknown = await importFile(path, { signal: AbortSignal.abort() }).catch(
      (error: unknown) => error,
    );
    expect(isAppError(stopped, 'cancelled')).toBe(true);
  });
});

describe.skipIf(NO_PUBLIC_DATA !== null)(
  `public data sets${NO_PUBLIC_DATA === null ? '' : ` (${NO_PUBLIC_DATA})`}`,
  () => {
    const load = (path: string): ReturnType<typeof importFile> =>
      importFile(fileURLToPath(publicData(path)));

    test.each([
      ['train', 7473],
      ['test', 1319],
    ])('GSM8K %s as published', async (set, rows) => {
      const result = await load(`gsm8k/${set}.jsonl`);
      expect(result.format).toEqual({ kind: 'gsm8k' });
      expect(result.counts).toEqual({ read: rows, kept: rows, bad: 0, duplicates: 0 });
      for (const { rationale, answer } of result.questions) {
        expect(rationale).not.toMatch(/<<|\n\n/u);
        expect(rationale?.endsWith(`\nAnswer: ${answer}`)).toBe(true);
      }
      const withEquation = result.questions.filter(({ equation }) => equation !== undefined);
      expect(withEquation.length / rows).toBeGreaterThan(0.9);
    });

    test('SVAMP as published, split 700/300', async () => {
      const result = await load('svamp/SVAMP.json');
      expect(result).toMatchObject({
        format: { kind: 'svamp' },
        layout: 'array',
        counts: { read: 1000, kept: 1000, bad: 0, duplicates: 0 },
      });
      const { train, dev } = carve(result.questions, { dev: { count: 300 }, seed: 1 });
      expect([train.length, dev.length]).toEqual([700, 300]);
      const without = result.questions.filter(({ equation }) => equation === undefined);
      expect(without.map(({ id }) => id)).toContain('chal-680');
      expect(without.length).toBeLessThanOrEqual(3);
      for (const { question, answer } of result.questions) {
        expect(question).toMatch(/[.!?] \S/u);
        expect(goldValue(answer)).toBe(answer);
      }
    });

    test('MultiArith as published: every equation gives its answer, 20 texts stand there twice', async () => {
      const result = await load('multiarith/MultiArith.json');
      expect(result).toMatchObject({
        format: { kind: 'multiarith' },
        counts: { read: 600, kept: 580, bad: 0, duplicates: 20 },
        notes: [],
      });
      expect(result.duplicates.every(({ same, sameAnswer }) => same === 'text' && sameAnswer)).toBe(
        true,
      );
      for (const { id, question, answer, equation } of result.questions) {
        expect(id).toMatch(/^multiarith-\d+$/u);
        expect(question).toBe(question.trim());
        expect(equation !== undefined && givesGold(equation, answer)).toBe(true);
      }
    });

    test('MAWPS and ASDiv-A as published: numbers stand in text and equation', async () => {
      const result = await load('svamp/mawps-asdiv-a.train.csv');
      expect(result).toMatchObject({ format: { kind: 'mawps' }, layout: 'csv' });
      const { read, kept, bad, duplicates } = result.counts;
      expect([read, bad, kept + duplicates]).toEqual([3138, 0, 3138]);
      for (const { id, question, answer, equation } of result.questions) {
        expect(question).not.toMatch(/number\d/u);
        expect(id).toBe(questionId(question));
        expect(goldValue(answer)).toBe(answer);
        expect(equation === undefined || givesGold(equation, answer)).toBe(true);
      }
      const fields = new Set(result.notes.map(({ field }) => field));
      expect([...fields]).toEqual(['Equation']);
      // Repeated texts apart, only divisions that were rounded, and rows that are wrong, have no equation.
      expect(result.notes.length).toBeLessThan(70);
    });
  },
);
