import { gzipSync } from 'node:zlib';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readJsonLines,
  type BadLine,
  type JsonLinesSummary,
} from '../../../../src/node/storage/jsonLines.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

interface Found extends JsonLinesSummary {
  readonly read: unknown[];
  readonly refused: BadLine[];
  readonly offsets: number[];
}

async function reading(content: string | Buffer, maxLineBytes?: number): Promise<Found> {
  const path = join(await temporaryFolder(), 'data.jsonl');
  await writeFile(path, content);
  const read: unknown[] = [];
  const refused: BadLine[] = [];
  const offsets: number[] = [];
  const summary = await readJsonLines(path, {
    onValue: (value, { byteOffset }) => {
      read.push(value);
      offsets.push(byteOffset);
    },
    onBad: (line) => refused.push({ ...line, reason: String(line.reason) }),
    ...(maxLineBytes === undefined ? {} : { maxLineBytes }),
  });
  expect(summary.values).toBe(read.length);
  expect(summary.bad).toBe(refused.length);
  return { ...summary, read, refused, offsets };
}

const CLEAN = ['{"id":"1","q":"a"}', '{"id":"2","q":"b\u2028c\u0085d"}', '{"id":"3","q":"é"}'];
const idsOf = (found: Found): unknown[] =>
  // SAFETY: these fixtures hold objects with an id only.
  found.read.map((value) => (value as { id: unknown }).id);

describe('readJsonLines', () => {
  const variants: readonly (readonly [string, string])[] = [
    ['BOM', `\ufeff${CLEAN.join('\n')}\n`],
    ['CRLF', `${CLEAN.join('\r\n')}\r\n`],
    ['mixed line ends', `${CLEAN.join('\r\n')}\n`],
    ['lone CR as line end', `${CLEAN.join('\r')}\r`],
    ['lone CR between tokens', `${CLEAN.join('\n').replaceAll(',', '\r,')}\n`],
    ['U+2028 and U+0085', `${CLEAN.join('\n')}\n`],
    ['blank lines', `\n${CLEAN.join('\n\n \t\n')}\n\n`],
    ['no final newline', CLEAN.join('\n')],
    ['no final newline after CRLF', CLEAN.join('\r\n')],
  ];
  for (const [name, text] of variants) {
    it(`fault: dataset: BOM, CRLF, lone CR, U+2028, blank lines, no final newline: ${name}`, async () => {
      const clean = await reading(`${CLEAN.join('\n')}\n`);
      const found = await reading(text);
      expect(found.read).toEqual(clean.read);
      expect(found.refused).toEqual([]);
      expect(found.endsMidLine).toBe(!/\n$/u.test(text));
      for (const [index, offset] of found.offsets.entries()) {
        const rest = Buffer.from(text).subarray(offset).toString('utf8');
        expect(rest.replace(/^\ufeff/u, '').startsWith(`{"id":"${index + 1}"`)).toBe(true);
      }
    });
  }

  const refusals: readonly (readonly [string, string | Buffer, RegExp])[] = [
    ['invalid UTF-8', Buffer.from('{"id":"\xff"}', 'latin1'), /UTF-8 \(byte 8 /u],
    ['cut UTF-8', Buffer.from('{"id":"x"}\u00e9').subarray(0, -1), /UTF-8 \(byte 11 /u],
    ['NUL', '{"id":"\0"}', /NUL/u],
    ['NaN', '{"x":NaN}', /valid JSON/u],
    ['Infinity', '{"x":-Infinity}', /valid JSON/u],
    ['1e999', '{"x":[1,{"y":1e999}]}', /too large/u],
    ['309 digits', `{"x":${'9'.repeat(309)}}`, /too large/u],
    ['lone surrogate', '{"x":"\\ud83d!"}', /surrogate/u],
    ['lone surrogate in a key', '{"\\uDC00":1}', /surrogate/u],
    ['nesting', `${'['.repeat(101)}${']'.repeat(101)}`, /deeper than 100/u],
    ['a second value on the line', '{"a":1}{"b":2}', /valid JSON/u],
    ['too long', `"${'x'.repeat(5_000)}"`, /limit is 4096/u],
    ['inner BOM', '\ufeff{"id":"2"}', /valid JSON/u],
  ];
  for (const [name, line, reason] of refusals) {
    it(`fault: invalid UTF-8, UTF-16, gzip, NUL, NaN/Infinity, 1e999: ${name} is one bad line`, async () => {
      const first = '{"id":"1"}\n';
      const bytes = Buffer.concat([
        Buffer.from(first),
        Buffer.from(line),
        Buffer.from('\n{"id":"3"}\n'),
      ]);
      const found = await reading(bytes, 4_096);
      expect(idsOf(found)).toEqual(['1', '3']);
      expect(found.refused).toMatchObject([
        { line: 2, byteOffset: first.length, reason: expect.stringMatching(reason) },
      ]);
    });
  }

  it('fault: invalid UTF-8, UTF-16, gzip, NUL, NaN/Infinity, 1e999: other formats are named once', async () => {
    const text = `${CLEAN.join('\n')}\n`;
    const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
    for (const [bytes, reason] of [
      [utf16, /UTF-16/u],
      [Buffer.from(utf16).swap16(), /UTF-16/u],
      [gzipSync(text), /gzip/u],
    ] as const) {
      const found = await reading(bytes);
      expect(found.read).toEqual([]);
      expect(found.refused).toMatchObject([
        { line: 1, byteOffset: 0, reason: expect.stringMatching(reason) },
      ]);
    }
    // Without a byte-order mark each line is refused for its NUL bytes.
    expect((await reading(utf16.subarray(2))).refused[0]?.reason).toMatch(/UTF-16/u);
  });

  it('fault: duplicate, missing, numeric, huge, `__proto__`, `../x` ids: keys and values arrive as they are', async () => {
    const found = await reading(
      '{"id":"a","id":"b"}\n{"__proto__":{"polluted":1},"id":"../x"}\n{"id":12345678901234567890}\n{}\n',
    );
    expect(idsOf(found)).toEqual(['b', '../x', 12345678901234567000, undefined]);
    expect(Object.keys(found.read[1] ?? {})).toEqual(['__proto__', 'id']);
    expect({}).not.toHaveProperty('polluted');
  });

  it('fault: 100 MB line; 2 GB file; 1 M rows; nesting 100 k: deep values neither overflow nor hide the rest', async () => {
    const deep = '{"a":['.repeat(100_000);
    const inString = JSON.stringify({ id: '2', q: '[{'.repeat(100_000) });
    const wide = JSON.stringify({ id: '3', q: Array.from({ length: 500 }, () => [{}]) });
    const found = await reading(`{"id":"1"}\n${deep}\n${inString}\n${wide}\n`);
    expect(idsOf(found)).toEqual(['1', '2', '3']);
    expect(found.refused).toMatchObject([{ line: 2, reason: expect.stringContaining('nested') }]);
  });

  it('threat 19: a line over the cap is counted, not held', async () => {
    const long = `"${'x'.repeat(3 * 1024 * 1024)}"`;
    const found = await reading(`1\n${long}\n2\n${long}`, 1024 * 1024);
    expect(found.read).toEqual([1, 2]);
    expect(found.refused.map(({ line }) => line)).toEqual([2, 4]);
    expect(found.endsMidLine).toBe(true);
  });

  it('reads every value whatever the line lengths and chunk borders are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 700_000 })), { maxLength: 8 }),
        async (lengths) => {
          const values = lengths.map((length, index) => `${index}:${'é'.repeat(length)}`);
          const found = await reading(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
          expect(found.read).toEqual(values);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('stops when asked and names a missing file', async () => {
    const folder = await temporaryFolder();
    const calls = { onValue: () => undefined, onBad: () => undefined };
    await expect(readJsonLines(join(folder, 'none'), calls)).rejects.toMatchObject({
      code: 'store.missing',
    });
    await writeFile(join(folder, 'some'), '1\n');
    const signal = AbortSignal.abort();
    await expect(readJsonLines(join(folder, 'some'), { ...calls, signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
