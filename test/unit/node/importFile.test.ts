import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAppError } from '../../../src/core/errors.ts';
import { givesGold } from '../../../src/core/dataset/equation.ts';
import { importRow, type PublishedSet } from '../../../src/core/dataset/importers.ts';
import { questionId, type Question } from '../../../src/core/dataset/question.ts';
import { goldValue } from '../../../src/core/grading/gold.ts';
import { goldProblem } from '../../../src/core/grading/gradeAnswer.ts';
import { carve } from '../../../src/core/dataset/splits.ts';
import { importFile } from '../../../src/node/importFile.ts';
import { peekFile } from '../../../src/node/imports/peekFile.ts';
import { layoutOf, readRows } from '../../../src/node/imports/rowSource.ts';
import { nodeFs } from '../../../src/node/storage/fs.ts';
import { jsonLines, NO_PUBLIC_DATA, publicData } from '../../fakes/publicData.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailor-import-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function file(content: string | Uint8Array, extension = ''): Promise<string> {
  files += 1;
  const path = join(folder, extension === '' ? `data${files}` : `data${files}.${extension}`);
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

describe('what a file is', () => {
  const row = '{"problem":"1 and 1?","result":2}';
  test.each([
    ['lines', `${row}\n${row}\n`],
    ['lines', row],
    ['array', `[${row}]`],
    ['document', `{"name":"x","rows":[${row}]}`],
    [
      'document',
      `{"name":"a [{",\n "list":[1,2],\n "rows": [\n  ${row},\n  {"problem":1}\n ],\n "n":{"a":[{}]}}`,
    ],
    ['csv', 'problem,result\n1 and 1?,2\n', 'csv'],
    ['csv', 'problem\tresult\n1 and 1?\t2\n', 'tsv'],
  ])('is told by its name and its first bytes: %s', async (layout, content, extension = '') => {
    const path = await file(content, extension);
    const result = await importFile(path);
    expect(result.layout).toBe(layout);
    expect(result.questions[0]).toMatchObject({ question: '1 and 1?', answer: '2' });
  });

  test('rows of a list inside a document have the lines of the file', async () => {
    const path = await file(`{"name":"x",\n"rows":[\n${row},\n{"problem":1},\nx]}`);
    const { bad } = await importFile(path);
    expect(bad.map(({ line, field }) => [line, field])).toEqual([
      [4, 'problem'],
      [5, null],
    ]);
  });

  test('Parquet by its first bytes; its rows have numbers', async () => {
    const path = join(import.meta.dirname, '../../fixtures/parquet/numbers.zstd.parquet');
    const result = await importFile(path);
    expect(result).toMatchObject({
      layout: 'parquet',
      counts: { read: 2500, kept: 2500, bad: 0, duplicates: 0 },
    });
    expect(result.questions[7]).toMatchObject({
      question: 'What is 7 and 7?',
      answer: '14',
      rationale: '7 + 7 = 14\nAnswer: 14',
    });
  });

  test('ids do not depend on the order of the rows', async () => {
    const rows = ['problem,result,index', 'A?,1,0', 'B?,2,1', 'C?,3,2'];
    const [head = '', ...body] = rows;
    const ids = async (lines: readonly string[]): Promise<string[]> => {
      const { questions } = await importFile(await file(lines.join('\n'), 'csv'));
      return questions.map(({ id, question }) => `${question} ${id}`).sort();
    };
    const turned = [...body].reverse().map((line, index) => line.replace(/\d$/u, String(index)));
    expect(await ids([head, ...turned])).toEqual(await ids(rows));
  });

  test('a large file tells how far it is, and is stopped', async () => {
    const rows = Array.from(
      { length: 60_000 },
      (_, n) => `"What is ${n} and one, counted on?",${n + 1},${'x'.repeat(50)}`,
    );
    const path = await file(`question,answer,note\n${rows.join('\n')}\n`, 'csv');
    const told: number[] = [];
    const { counts } = await importFile(path, { report: ({ done }) => told.push(done) });
    expect(counts.kept).toBe(60_000);
    expect(told.length).toBeGreaterThan(10);
    expect(told).toEqual([...told].sort((one, other) => one - other));
    const abort = new AbortController();
    const stopped: unknown = await importFile(path, {
      signal: abort.signal,
      report: () => abort.abort(),
    }).catch((error: unknown) => error);
    expect(isAppError(stopped, 'cancelled')).toBe(true);
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

    /** What the rows of a file are, each by itself. */
    async function questions(path: string, kind: PublishedSet): Promise<Question[]> {
      const file = fileURLToPath(publicData(path));
      const all: Question[] = [];
      const onRow = (value: unknown, line: number): boolean => {
        const result = importRow({ kind }, value, { line });
        if ('bad' in result) throw new Error(JSON.stringify(result.bad));
        all.push(result.question);
        return false;
      };
      const { guess } = await peekFile(file);
      expect(guess).toEqual({ format: { kind }, guess: null, certain: true });
      const onBad = (): never => {
        throw new Error('no row is broken');
      };
      const layout = await layoutOf(file, nodeFs);
      await readRows({ path: file, fs: nodeFs, signal: undefined, onRow, onBad }, layout);
      return all;
    }

    test.each([
      ['train', 9741],
      ['dev', 1221],
    ])(
      'CommonsenseQA %s as published: every row is read, its gold a letter of five',
      async (set, rows) => {
        const all = await questions(`commonsenseqa/${set}_rand_split.jsonl`, 'commonsenseqa');
        expect(all).toHaveLength(rows);
        expect(new Set(all.map(({ id }) => id)).size).toBe(rows);
        const raw: unknown[] = jsonLines(`commonsenseqa/${set}_rand_split.jsonl`);
        for (const [index, { kind, answer, choices = [] }] of all.entries()) {
          expect([kind, choices.length]).toEqual(['choice', 5]);
          expect(raw[index]).toMatchObject({ answerKey: answer.toUpperCase() });
        }
      },
    );

    test('StrategyQA in the form of BIG-bench: every row is read, its gold and facts apart', async () => {
      const all = await questions('strategyqa/task.json', 'strategyqa');
      expect(all).toHaveLength(2290);
      for (const { kind, answer, rationale } of all) {
        expect(kind).toBe('yes-no');
        expect(answer).toMatch(/^(?:yes|no)$/u);
        expect(rationale).toMatch(/\nAnswer: (?:yes|no)$/u);
        expect(rationale).not.toMatch(/^(?:yes|no)\b[.,]/iu);
      }
      expect(all.filter(({ answer }) => answer === 'yes')).toHaveLength(1071);
    });

    test('choices and yes and no are kept, and every gold can be graded by', async () => {
      for (const path of ['commonsenseqa/dev_rand_split.jsonl', 'strategyqa/task.json']) {
        const { counts, questions: all } = await load(path);
        expect(counts.bad).toBe(0);
        expect(all.length).toBeGreaterThan(1000);
        for (const { kind, answer, choices } of all) {
          expect(goldProblem(kind, answer, choices)).toBeNull();
        }
      }
      const { notes } = await load('strategyqa/task.json');
      expect(notes.map(({ field }) => field)).toEqual(['canary']);
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
