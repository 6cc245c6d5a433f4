import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessRow, clip, describeRow } from '../../../../src/core/dataset/describeRow.ts';
import { sampleFields } from '../../../../src/core/dataset/fieldSample.ts';
import { RowSearch } from '../../../../src/core/dataset/rowSearch.ts';
import { questionSchema } from '../../../../src/core/dataset/question.ts';

const problemOf = (line: string): string | null => {
  const { problem } = describeRow(line, true);
  return problem === null ? null : String(problem);
};

describe('what a row says of itself', () => {
  it('is titled by its question, else by its first texts, else by the line', () => {
    expect(describeRow('{"id":"1","note":"n","question":" How\\n many? "}', false).title).toBe(
      'How many?',
    );
    expect(describeRow('{"id":"1","a":"one","n":2,"b":"two"}', false).title).toBe('one · two');
    expect(describeRow('{"n":2}', false).title).toBe('{"n":2}');
    expect(describeRow(`{"question":"${'x'.repeat(999)}"}`, false).title).toHaveLength(200);
  });

  it.each([
    ['{"id":"1"}', '1'],
    ['{"id":12345678901234567890}', '12345678901234567890'],
    ['{"id":1.0}', '1.0'],
    ['{"id":"a","id":"b"}', 'b'],
    ['{"id":null}', null],
    ['{"id":["1"]}', null],
    ['{"__proto__":{"id":"x"}}', null],
    ['{"ID":"1"}', null],
  ])('fault: duplicate, missing, numeric ids in the editor: %s', (line, id) => {
    expect(describeRow(line, false).id).toBe(id);
    expect(assessRow(line, false).id).toBe(id);
  });

  it.each([
    ['{"id":"1","question":"q","answer":"1"}', null],
    ['{"question":"q","answer":"1"}', /id is missing/u],
    ['{"id":1,"question":"q","answer":"1"}', /id is not a text/u],
    ['{"id":"","question":"q","answer":"1"}', /id is empty/u],
    [
      `{"id":"${'x'.repeat(201)}","question":"q","answer":"1"}`,
      /201 characters; the limit is 200/u,
    ],
    ['{"id":"1","question":"q","answer":3}', /answer is not a text/u],
    ['{"id":"1","question":"q","answer":"1","tags":"a"}', /tags is not a list/u],
    ['{"id":"1","question":"q","answer":"1","n":1e400}', /too large/u],
    ['{"id":"1","question":"\\ud800","answer":"1"}', /surrogate/u],
    ['{"id":"1","question":"q","answer":"1","__proto__":{}}', null],
    ['[1]', /no record/u],
    ['', null],
    ['{"id":"1"', /ends too early/u],
    ['{"id":NaN}', /NaN and Infinity/u],
    ['{"a":1}\r{"b":2}', /several records/u],
    ['{\u0000}', /zero byte/u],
    [`{"a":${'['.repeat(200)}${']'.repeat(200)}}`, /nested too deeply/u],
  ])('%s in a set: %s', (line, problem) => {
    if (problem === null) expect(problemOf(line)).toBeNull();
    else expect(problemOf(line)).toMatch(problem);
    expect(assessRow(line, true).sound).toBe(problem === null);
  });

  it('needs nothing outside a set but to be JSON', () => {
    for (const line of ['[1]', '{}', '{"id":1e400}', '{"q":"\\ud800"}', '']) {
      expect(describeRow(line, false).problem).toBeNull();
    }
    expect(describeRow('{', false).problem).not.toBeNull();
  });

  it('agrees with the schema of questions, and the fast look with the close one', () => {
    const value = fc.record(
      {
        id: fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
        question: fc.oneof(fc.string(), fc.double({ noNaN: true })),
        answer: fc.oneof(fc.constant('1'), fc.jsonValue()),
        tags: fc.oneof(fc.array(fc.string()), fc.string()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(value, fc.jsonValue()), fc.boolean(), (row, inSet) => {
        const line = JSON.stringify(row);
        const close = describeRow(line, inSet);
        expect(assessRow(line, inSet)).toEqual({ sound: close.problem === null, id: close.id });
        const isQuestion = questionSchema.safeParse(JSON.parse(line)).success;
        if (inSet && close.problem === null) expect(isQuestion).toBe(true);
        if (inSet && !isQuestion) expect(close.problem).not.toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it('is clipped between characters', () => {
    expect(clip('a😀b', 2)).toBe('a');
    expect(clip('a😀b', 3)).toBe('a😀');
    expect(clip('ab', 2)).toBe('ab');
  });
});

describe('the fields of a file', () => {
  it('are those of its first rows, most frequent first, with the type most of them have', () => {
    const fields = sampleFields([
      '{"a":1,"b":"x"}',
      '{"b":"y","c":null}',
      'broken',
      '{"b":2,"b":"z"}',
      '[]',
    ]);
    expect(fields).toEqual([
      { name: 'b', type: 'text', share: 1 },
      { name: 'a', type: 'number', share: 1 / 3 },
      { name: 'c', type: 'null', share: 1 / 3 },
    ]);
  });

  it('are counted up to a limit: rows may be maps with other keys each', () => {
    const lines = Array.from({ length: 500 }, (_, index) => `{"k${index}":1,"id":"x"}`);
    const fields = sampleFields(lines);
    expect(fields).toHaveLength(200);
    expect(fields[0]).toMatchObject({ name: 'id', share: 1 });
  });
});

describe('searching a row', () => {
  it.each([
    ['CAFÉ', '{"q":"caf\\u00e9"}', true],
    ['cafe\u0301', '{"q":"café"}', true],
    ['ﬁve', '{"q":"FIVE apples"}', true],
    ['apples five', '{"q":"five","r":"Apples"}', true],
    ['apples six', '{"q":"five","r":"Apples"}', false],
    ['nfoo', '{"q":"a\\nfoo"}', false],
    ['"quoted"', '{"q":"so \\"quoted\\" it"}', true],
    ['a/b', '{"q":"a\\/b"}', true],
    ['broken', '{"q":"broken', true],
    ['', 'anything', true],
    ['  ', 'anything', true],
  ])('%j in %s: %s', (search, line, found) => {
    expect(new RowSearch(search, null).matches(line)).toBe(found);
  });

  it('looks into one field where one is named', () => {
    const line = '{"q":"five","r":[1,"caf\\u00e9"],"q":"six"}';
    expect(new RowSearch('six', 'q').matches(line)).toBe(true);
    expect(new RowSearch('five six', 'q').matches(line)).toBe(true);
    expect(new RowSearch('café', 'r').matches(line)).toBe(true);
    expect(new RowSearch('five', 'r').matches(line)).toBe(false);
    expect(new RowSearch('x', 'none').matches(line)).toBe(false);
    expect(new RowSearch('', 'none').matches(line)).toBe(true);
  });

  it('knows a word that stands literally in every plain ASCII line that it finds', () => {
    const line = fc.string({
      unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
    });
    let looked = 0;
    fc.assert(
      fc.property(line, fc.nat(20), fc.integer({ min: 1, max: 6 }), (text, from, length) => {
        const json = JSON.stringify({ text });
        const search = new RowSearch(text.slice(from, from + length), null);
        if (search.literal === null || json.includes('\\u')) return;
        looked += 1;
        expect(search.matches(json)).toBe(true);
        expect(json.toLowerCase()).toContain(search.literal);
      }),
      { numRuns: 500 },
    );
    expect(looked).toBeGreaterThan(50);
    expect(new RowSearch('say "it"', null).literal).toBeNull();
    expect(new RowSearch('Say it', null).literal).toBe('say');
  });
});
