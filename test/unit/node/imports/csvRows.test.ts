import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { isAppError } from '../../../../src/core/errors.ts';
import { guessDelimiter } from '../../../../src/node/imports/csvDelimiter.ts';
import { readCsvRows } from '../../../../src/node/imports/csvRows.ts';
import { nodeFs } from '../../../../src/node/storage/fs.ts';

let folder = '';
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailor-csv-'));
  return () => rm(folder, { recursive: true, force: true });
});

interface Read {
  readonly rows: [line: number, row: Readonly<Record<string, string>>][];
  readonly bad: [line: number, field: string | null, reason: string][];
}

async function read(content: string | Uint8Array, most = Infinity): Promise<Read> {
  files += 1;
  const path = join(folder, `data${files}.csv`);
  await writeFile(path, content);
  const found: Read = { rows: [], bad: [] };
  await readCsvRows(path, {
    fs: nodeFs,
    signal: undefined,
    onRow: (row, line) => found.rows.push([line, row]) >= most,
    onBad: (line, field, reason) => found.bad.push([line, field, String(reason)]),
  });
  return found;
}

describe('CSV', () => {
  test.each([
    ['commas', 'q,a\n"1, 2?",3\nx,4\n'],
    ['semicolons', 'q;a\n1, 2?;3\nx;4\n'],
    ['tabs', 'q\ta\n1, 2?\t3\nx\t4\n'],
    ['bars', 'q|a\n1, 2?|3\nx|4\n'],
    ['a byte-order mark and CRLF', '\ufeffq,a\r\n"1, 2?",3\r\nx,4\r\n'],
    ['CR alone', 'q,a\r"1, 2?",3\rx,4'],
    ['no last line end', 'q,a\n"1, 2?",3\nx,4'],
  ])('with %s', async (_, content) => {
    const { rows, bad } = await read(content);
    expect(rows).toEqual([
      [2, { q: '1, 2?', a: '3' }],
      [3, { q: 'x', a: '4' }],
    ]);
    expect(bad).toEqual([]);
  });

  test('rows that span lines keep the line on which they start', async () => {
    const { rows } = await read(
      'q,a\r\n"one\r\ntwo",1\r\n\r\n"say ""hi""\r\n\r\n",2\r\nlast,3\r\n',
    );
    expect(rows).toEqual([
      [2, { q: 'one\r\ntwo', a: '1' }],
      [5, { q: 'say "hi"\r\n\r\n', a: '2' }],
      [8, { q: 'last', a: '3' }],
    ]);
  });

  test('a broken record is named by line and field, and hides none of the rest', async () => {
    const content =
      'q,a\ngood,1\n\nopen"ing,2\nmore,3\nx,"clo"sed\nyes,4\n"never closed,5\nlast,6\n' +
      'a,b,c\nshort\n';
    const { rows, bad } = await read(content);
    expect(rows.map(([line, { q }]) => [line, q])).toEqual([
      [2, 'good'],
      [5, 'more'],
      [7, 'yes'],
      [9, 'last'],
      [11, 'short'],
    ]);
    expect(bad.map(([line, field]) => [line, field])).toEqual([
      [4, 'q'],
      [6, 'a'],
      [8, 'q'],
      [10, null],
    ]);
    expect(bad[0]?.[2]).toMatch(/quotation mark inside/u);
    expect(bad[1]?.[2]).toMatch(/behind the quotation mark/u);
    expect(bad[2]?.[2]).toMatch(/never closed/u);
    expect(bad[3]?.[2]).toMatch(/3 cells where the header names 2/u);
  });

  test('bytes that are no UTF-8 and files of another kind are refused with a reason', async () => {
    const latin1 = Buffer.from('q,a\ncaf\u00e9,1\nok,2\n', 'latin1');
    const { rows, bad } = await read(latin1);
    expect(rows).toEqual([[3, { q: 'ok', a: '2' }]]);
    expect(bad).toEqual([[2, 'q', 'is not valid UTF-8']]);
    const utf16 = await read(Buffer.from('\ufeffq,a\n1,2\n', 'utf16le'));
    expect(utf16.bad).toEqual([[1, null, 'is UTF-16 text; save the file as UTF-8']]);
  });

  test('cells without a name get one, and __proto__ is a name like any other', async () => {
    const { rows } = await read('q,,q,__proto__\n1,2,3,4\n');
    expect(Object.entries(rows[0]?.[1] ?? {})).toEqual([
      ['q', '1'],
      ['column 2', '2'],
      ['column 3', '3'],
      ['__proto__', '4'],
    ]);
  });

  test('a broken header, and a file that is broken on every line, end in one refusal', async () => {
    for (const content of ['q"x,a\n1,2\n', `q,a\n${'x"y,1\n'.repeat(1100)}`]) {
      const failure: unknown = await read(content).catch((error: unknown) => error);
      expect(isAppError(failure, 'data.invalid') && failure.hint).toMatch(/quotation marks/u);
    }
  });

  test('reading stops when it is enough', async () => {
    expect((await read(`q,a\n${'x,1\n'.repeat(5000)}`, 3)).rows).toHaveLength(3);
  });

  test('any cells come back as they were written, each with its line', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', 'é', '"', ',', ';', '\t', '\n', '\r\n', ' ', '1'),
      maxLength: 8,
    });
    const table = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom('\n', '\r\n'), async (cells, end) => {
        const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        let line = 2;
        const expected = cells.map(([q, a]) => {
          const at = line;
          line += `${q}${a}`.split('\n').length;
          return [at, { q, a }];
        });
        const text = cells.map((row) => `${row.map(quoted).join(',')}${end}`).join('');
        expect(await read(`q,a${end}${text}`)).toEqual({ rows: expected, bad: [] });
      }),
      { numRuns: 60 },
    );
  });
});

test.each([
  ['a,b;c\n1,2\n', ','],
  ['a;b\n1,5;2\n2,5;3\n', ';'],
  ['a\tb\n"x\ty",1\n', '\t'],
  ['"q;r";a\n"1,2,3";4\n', ';'],
  ['one column\nx\n', ','],
  ['', ','],
])('the delimiter of %j', (head, delimiter) => {
  expect(guessDelimiter(head)).toBe(delimiter);
});
