import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanLine } from '../../../../src/core/dataset/jsonSpans.ts';
import { MAX_DEPTH } from '../../../../src/core/dataset/jsonScanner.ts';
import { MAX_NESTING } from '../../../../src/node/storage/parseLine.ts';

const fieldsOf = (line: string): unknown[] => {
  const scan = scanLine(line);
  if (scan.kind !== 'record') return [];
  return scan.fields.map(({ name, type, keyStart, keyEnd, valueStart, valueEnd }) => [
    name,
    type,
    line.slice(keyStart, keyEnd),
    line.slice(valueStart, valueEnd),
  ]);
};

describe('the fields of a line', () => {
  it('come in the order of the line, each with its spelling', () => {
    const line = ' {"b" : 1.50 ,\t"a":"x\\"y" , "c":[1,{"d":2}],"e":{},"f":null,"g":true }\r';
    expect(fieldsOf(line)).toEqual([
      ['b', 'number', '"b"', '1.50'],
      ['a', 'text', '"a"', '"x\\"y"'],
      ['c', 'list', '"c"', '[1,{"d":2}]'],
      ['e', 'object', '"e"', '{}'],
      ['f', 'null', '"f"', 'null'],
      ['g', 'boolean', '"g"', 'true'],
    ]);
  });

  it('include duplicate keys, __proto__, escaped names and numbers that no double holds', () => {
    const line =
      '{"a":12345678901234567890,"a":-0,"__proto__":1e400,"caf\\u00e9":1E-7,"\\ud800":"\\udc00"}';
    expect(fieldsOf(line)).toEqual([
      ['a', 'number', '"a"', '12345678901234567890'],
      ['a', 'number', '"a"', '-0'],
      ['__proto__', 'number', '"__proto__"', '1e400'],
      ['café', 'number', '"caf\\u00e9"', '1E-7'],
      ['\ud800', 'text', '"\\ud800"', '"\\udc00"'],
    ]);
  });

  it.each([
    ['', 'blank'],
    [' \t\r', 'blank'],
    ['[1]', 'other'],
    ['"text"', 'other'],
    ['null', 'other'],
    ['-1.5e+3', 'other'],
    ['{}', 'record'],
  ])('%j is %s', (line, kind) => {
    expect(scanLine(line).kind).toBe(kind);
  });

  it.each([
    ['{', 1, 'end'],
    ['{"a"', 4, 'end'],
    ['{"a":', 5, 'end'],
    ['{"a":1', 6, 'end'],
    ['{"a":"x', 7, 'end'],
    ['{"a":1,}', 7, 'character'],
    ['{a:1}', 1, 'character'],
    ["{'a':1}", 1, 'character'],
    ['{"a":01}', 6, 'character'],
    ['{"a":1.}', 7, 'character'],
    ['{"a":.5}', 5, 'character'],
    ['{"a":+1}', 5, 'character'],
    ['{"a":1e}', 7, 'character'],
    ['{"a":tru}', 5, 'character'],
    ['{"a":"\\x"}', 7, 'character'],
    ['{"a":"\\u12g4"}', 10, 'character'],
    ['{"a":"\t"}', 6, 'character'],
    ['{"a":[1 2]}', 8, 'character'],
    ['{"a":[1,]}', 8, 'character'],
    ['{"a":{"b":1]}', 11, 'character'],
    ['{"a":NaN}', 5, 'constant'],
    ['[-Infinity]', 1, 'constant'],
    ['{"a":1}{"b":2}', 7, 'second'],
    ['{"a":1}\r{"b":2}', 8, 'second'],
    ['\ufeff{"a":1}', 0, 'character'],
    ['{"a":1}\u00a0', 7, 'second'],
  ])('%j stops at %d: %s', (line, at, why) => {
    expect(scanLine(line)).toEqual({ kind: 'invalid', at, why });
  });

  it('are as deep as readers of data files go, and no deeper', () => {
    expect(MAX_DEPTH).toBe(MAX_NESTING);
    const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(scanLine(nested(MAX_DEPTH)).kind).toBe('other');
    expect(scanLine(nested(MAX_DEPTH + 1))).toMatchObject({ why: 'depth' });
    expect(scanLine(`{"a":${nested(MAX_DEPTH - 1)}}`).kind).toBe('record');
    expect(scanLine(`{"a":${nested(MAX_DEPTH)}}`)).toMatchObject({ why: 'depth' });
    expect(scanLine('{"a":'.repeat(100_000))).toMatchObject({ why: 'depth' });
  });

  it('accepts what the platform accepts, and nothing else', () => {
    const piece = fc.constantFrom(
      ...['{', '}', '[', ']', ',', ':', '"', '"a"', '\\', '\\u00e9', ' ', '\t', '1', '-', '0'],
      ...['.', 'e', '+', 'true', 'null', 'é', '\u2028', '\ud800', '{"a":1', '"x":[', '\u0000'],
    );
    const hostile = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(hostile, fc.json()), (line) => {
        const isBlank = /^[ \t\r\n]*$/u.test(line);
        const accepted = (): boolean => {
          try {
            JSON.parse(line);
            return true;
          } catch {
            return isBlank;
          }
        };
        expect(scanLine(line).kind !== 'invalid').toBe(accepted());
      }),
      { numRuns: 3_000 },
    );
  });

  it('are the members that the platform sees', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        const line = JSON.stringify(record);
        const scan = scanLine(line);
        const fields = scan.kind === 'record' ? scan.fields : [];
        const read = fields.map(({ name, valueStart, valueEnd }): [string, unknown] => [
          name,
          JSON.parse(line.slice(valueStart, valueEnd)),
        ]);
        const members: Record<string, unknown> = JSON.parse(line);
        expect(read).toEqual(Object.entries(members));
      }),
    );
  });
});
