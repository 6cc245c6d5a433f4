import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanLine } from '../../../../src/core/dataset/jsonSpans.ts';
import {
  inversePatch,
  patched,
  patchBetween,
  type Patch,
} from '../../../../src/core/dataset/patch.ts';
import { addField, emptied, removeField, setField } from '../../../../src/core/dataset/spanEdit.ts';
import { oneLineJson } from '../../../../src/core/dataset/typedJson.ts';

const made = (line: string, patch: Patch | null): string =>
  patch === null ? line : patched(line, patch);

describe('setting a field', () => {
  const LINE =
    '{ "id":"1",  "q" : "caf\\u00e9 \\/ 3", "n": 12345678901234567890, "a":1e400, "a" :"\\ud800" }';

  it('changes the characters of the text that change, and keeps the spelling of the others', () => {
    expect(made(LINE, setField(LINE, 1, 'text', 'café / 4'))).toBe(LINE.replace('\\/ 3', '\\/ 4'));
    expect(setField(LINE, 1, 'text', 'café / 4')).toMatchObject({ removed: '3', inserted: '4' });
    expect(made(LINE, setField(LINE, 4, 'text', '\ud800!'))).toBe(
      LINE.replace('\\ud800', '\\ud800!'),
    );
  });

  it('changes nothing where the text is the same', () => {
    expect(setField(LINE, 1, 'text', 'café / 3')).toBeNull();
    expect(setField(LINE, 2, 'json', ' 12345678901234567890 ')).toBeNull();
  });

  it('writes a number as it is spelt', () => {
    expect(made(LINE, setField(LINE, 2, 'json', '1.50'))).toBe(
      LINE.replace('12345678901234567890', '1.50'),
    );
    expect(made(LINE, setField(LINE, 3, 'json', '-0'))).toBe(LINE.replace('1e400', '-0'));
  });

  it('makes a text of a number, and a list of a text', () => {
    expect(made(LINE, setField(LINE, 2, 'text', '12'))).toBe(
      LINE.replace('12345678901234567890', '"12"'),
    );
    expect(made(LINE, setField(LINE, 0, 'json', '["1"]'))).toBe(LINE.replace('"1"', '["1"]'));
  });

  it('escapes new characters in a line that escapes them, and only there', () => {
    expect(made(LINE, setField(LINE, 0, 'text', '😀ü'))).toBe(
      LINE.replace('"1"', '"\\ud83d\\ude00\\u00fc"'),
    );
    const raw = '{"q":"café"}';
    expect(made(raw, setField(raw, 0, 'text', 'cafés ü\u2028'))).toBe('{"q":"cafés ü\u2028"}');
    const ascii = '{"q":"a\\u0009b"}';
    expect(made(ascii, setField(ascii, 0, 'text', 'ü'))).toBe('{"q":"ü"}');
  });

  it('cuts no pair of surrogates in two', () => {
    const line = '{"q":"a😀b"}';
    expect(made(line, setField(line, 0, 'text', 'a😁b'))).toBe('{"q":"a😁b"}');
    const escaped = '{"q":"a\\ud83d\\ude00b"}';
    expect(made(escaped, setField(escaped, 0, 'text', 'a😁b'))).toBe('{"q":"a\\ud83d\\ude01b"}');
  });

  it('spells what cannot stand in a string as escapes', () => {
    const line = '{"q":""}';
    const text = 'a"b\\c\nd\te\u0000\u007f\ud800';
    const after = made(line, setField(line, 0, 'text', text));
    expect(after).toBe('{"q":"a\\"b\\\\c\\nd\\te\\u0000\u007f\\ud800"}');
    expect(JSON.parse(after)).toEqual({ q: text });
  });

  it('keeps every other character, whatever the record and the text', () => {
    const spaced = fc.constantFrom('', ' ', '\t', ' \r ');
    const records = fc.array(fc.tuple(fc.string(), fc.jsonValue(), spaced, spaced, spaced), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(records, fc.nat(), fc.string({ unit: 'binary' }), (fields, at, text) => {
        const line = `{${fields
          .map(
            ([key, value, a, b, c]) =>
              `${a}${JSON.stringify(key)}${b}:${c}${JSON.stringify(value)}`,
          )
          .join(',')}}`;
        const index = at % fields.length;
        const patch = setField(line, index, 'text', text);
        const after = made(line, patch);
        const [before, now] = [scanLine(line), scanLine(after)];
        if (before.kind !== 'record' || now.kind !== 'record') throw new Error('a record');
        const [old, fresh] = [before.fields[index], now.fields[index]];
        if (old === undefined || fresh === undefined) throw new Error('a field');
        expect(after.slice(0, fresh.valueStart)).toBe(line.slice(0, old.valueStart));
        expect(after.slice(fresh.valueEnd)).toBe(line.slice(old.valueEnd));
        expect(JSON.parse(after.slice(fresh.valueStart, fresh.valueEnd))).toBe(text);
        if (patch !== null) expect(patched(after, inversePatch(patch))).toBe(line);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused where there is no such field or no record', () => {
    expect(() => setField('{"a":1}', 1, 'text', 'x')).toThrow(/no such field/u);
    expect(() => setField('[1]', 0, 'text', 'x')).toThrow(/no record/u);
    expect(() => setField('{"a":1', 0, 'text', 'x')).toThrow(/no record/u);
  });
});

describe('adding and removing a field', () => {
  it.each([
    ['{"a":1,"b":2}', '{"a":1,"b":2,"c":"x"}'],
    ['{"a": 1, "b": 2}', '{"a": 1, "b": 2, "c": "x"}'],
    ['{ "a" : 1 , "b" : 2 }', '{ "a" : 1 , "b" : 2 , "c" : "x" }'],
    ['{"a": 1}', '{"a": 1, "c": "x"}'],
    ['{"a":1}', '{"a":1,"c":"x"}'],
    ['{}', '{"c": "x"}'],
    ['  { }', '  {"c": "x" }'],
  ])('%s gets one spaced as its others', (line, after) => {
    expect(made(line, addField(line, 'c', 'text', 'x'))).toBe(after);
  });

  it.each([
    ['{"a":1, "b":2 ,"c":3}', 0, '{"b":2 ,"c":3}'],
    ['{"a":1, "b":2 ,"c":3}', 1, '{"a":1 ,"c":3}'],
    ['{"a":1, "b":2 ,"c":3}', 2, '{"a":1, "b":2}'],
    ['{ "a":1 }', 0, '{  }'],
  ])('%s loses field %d and its comma', (line, index, after) => {
    expect(made(line, removeField(line, index))).toBe(after);
    expect(scanLine(after).kind).toBe('record');
  });

  it('refuses a name that is there already, __proto__ included', () => {
    expect(() => addField('{"a":1}', 'a', 'text', '')).toThrow(/already/u);
    expect(() => addField('{"\\u0061":1}', 'a', 'text', '')).toThrow(/already/u);
    expect(made('{"a":1}', addField('{"a":1}', '__proto__', 'json', '{}'))).toBe(
      '{"a":1,"__proto__":{}}',
    );
  });

  it('takes what was added away again without a trace', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (record, name) => {
        fc.pre(!Object.hasOwn(record, name));
        const line = JSON.stringify(record);
        const after = made(line, addField(line, name, 'json', '[1]'));
        const now: Record<string, unknown> = JSON.parse(after);
        expect(Object.keys(now).length).toBe(Object.keys(record).length + 1);
        expect(made(after, removeField(after, Object.keys(record).length))).toBe(line);
      }),
    );
  });

  it('empties a record for a new row and keeps its fields and spaces', () => {
    expect(emptied('{ "a":"x", "b" : [1, 2], "c":{"d":1},"e": 1.5, "f":true }')).toBe(
      '{ "a":"", "b" : [], "c":{},"e": null, "f":null }',
    );
    expect(emptied('[1]')).toBeNull();
  });
});

describe('a JSON value that a person typed', () => {
  it('stays as it is spelt, on one line', () => {
    expect(oneLineJson(' 1.50 ')).toBe('1.50');
    expect(oneLineJson('{\n  "a": [\r\n    1,\n    2\n  ]\n}')).toBe('{"a": [1, 2]}');
    expect(oneLineJson('"a\\n b"')).toBe('"a\\n b"');
  });

  it.each(['', '1 2', 'abc', '{"a":}', "'a'", 'NaN', '"a\nb"', '{"a":1}}', '['.repeat(101)])(
    'refuses %j with its place',
    (typed) => {
      expect(() => oneLineJson(typed)).toThrow(/JSON|nested/u);
    },
  );

  it('means on one line what it meant', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t', '\r\n'), (value, indent) => {
        const line = oneLineJson(JSON.stringify(value, null, indent));
        expect(line).not.toMatch(/[\r\n]/u);
        expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('a patch', () => {
  it('leads from one text to the other and back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const patch = patchBetween(a, b);
        expect(made(a, patch)).toBe(b);
        expect(patch === null ? a : patched(b, inversePatch(patch))).toBe(a);
      }),
    );
  });

  it('refuses a text that it was not made for', () => {
    expect(() => patched('abc', { at: 1, removed: 'x', inserted: '' })).toThrow(/not what/u);
    expect(() => patched('abc', { at: 9, removed: '', inserted: 'x' })).toThrow(/not what/u);
  });
});
