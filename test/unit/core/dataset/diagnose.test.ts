import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  capFindings,
  diagnoseRows,
  readRows,
  type Finding,
} from '../../../../src/core/dataset/diagnose.ts';
import { questionSchema } from '../../../../src/core/dataset/question.ts';
import { readRow } from '../../../../src/core/dataset/rowFacts.ts';
import { runWhole } from '../../../../src/core/runWhole.ts';

const GOOD = '{"id": "t-1", "question": "What is 2 plus 3?", "answer": "5", "equation": "2 + 3"}';

const rowsOf = (lines: readonly string[]) => runWhole(readRows(lines));

function diagnose(
  lines: readonly string[],
  others: Record<string, readonly string[]> = {},
  set = 'train',
): Finding[] {
  const sets = Object.entries(others).map(([name, rows]) => ({ name, rows: rowsOf(rows) }));
  return runWhole(diagnoseRows(rowsOf(lines), set, sets));
}

/** What is marked of its line. */
const marked = (
  lines: readonly string[],
  { line, from, to }: { line: number; from: number; to: number },
) => (lines[line] ?? '').slice(from, to);

describe('a row by itself', () => {
  it.each([
    [GOOD, []],
    ['', []],
    ['   ', []],
    ['{"id": "a", "question": "Q?", "answer": 5}', [['wrong-type', '5']]],
    ['{"id": 7, "question": "Q?", "answer": "5"}', [['wrong-type', '7']]],
    ['{"id": "a", "question": "", "answer": "5"}', [['empty', '""']]],
    ['{"id": "a", "question": " ", "answer": "5"}', [['empty', '" "']]],
    ['{"id": "a", "answer": "5"}', [['missing', '{"id": "a", "answer": "5"}']]],
    ['  {"question": "Q?", "answer": "5"}\t', [['missing', '{"question": "Q?", "answer": "5"}']]],
    ['{"id": "a", "question": "Q?", "answer": "5 or 6"}', [['bad-gold', '"5 or 6"']]],
    ['{"id": "a", "question": "Q?", "answer": " 5"}', [['spaces', '" 5"']]],
    ['{"id": "a", "question": "Q?", "answer": "5", "rationale": null}', [['wrong-type', 'null']]],
    ['{"id": "a", "question": "Q?", "answer": "5", "tags": "x"}', [['wrong-type', '"x"']]],
    [
      '{"id": "a", "question": "Q?", "answer": "5", "tags": ["x", 1, 2]}',
      [['wrong-type', '["x", 1, 2]']],
    ],
    ['{"id": "a", "id": "b", "question": "Q?", "answer": "5"}', [['same-key', '"id"']]],
    [
      '{"id": "a", "question": "Q?", "answer": "5", "equation": "2 + 2"}',
      [['equation', '"2 + 2"']],
    ],
    ['{"id": "a", "question": "Q?", "answer": "5", "equation": "two"}', [['equation', '"two"']]],
    ['{"id": "a", "question": "Q?", "answer": "3.33", "equation": "10 / 3"}', []],
    ['{"id": "a", "question": "Q?", "answer": "5"},', [['comma', ',']]],
    ['{"id": "a", "question": "Q?" "answer": "5"}', [['not-json', '"']]],
    ['{"id": "a", "question": Q?, "answer": "5"}', [['not-json', 'Q']]],
    ['{"id": "a", "question": "Q?", "answer": "5"', [['not-json', '"']]],
    ['[1, 2]', [['not-object', '[1, 2]']]],
    ['<<<<<<< HEAD', [['conflict', '<<<<<<< HEAD']]],
    ['=======', [['conflict', '=======']]],
    [
      '{"id": "a", "question": "Q?", "answer": "5", "n": 1e999}',
      [['unreadable', '{"id": "a", "question": "Q?", "answer": "5", "n": 1e999}']],
    ],
    [
      `{"id": "${'x'.repeat(201)}", "question": "Q?", "answer": "5"}`,
      [['long-id', `"${'x'.repeat(201)}"`]],
    ],
  ])('%j', (line, expected) => {
    const found = diagnose([line]);
    expect(found.map((one) => [one.kind, marked([line], one)])).toEqual(expected);
    for (const { message } of found) expect(String(message)).toMatch(/^\S.*[.:].*$/u);
  });

  it('counts exactly what the reader of data files takes', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.constant(''),
      fc.array(fc.string(), { maxLength: 2 }),
    );
    const row = fc.record(
      { id: value, question: value, answer: value, rationale: value, equation: value, tags: value },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(row, (written) => {
        const line = JSON.stringify(written);
        expect(readRow(line).usable).toBe(questionSchema.safeParse(JSON.parse(line)).success);
      }),
      { numRuns: 500 },
    );
  });
});

describe('rows beside each other', () => {
  const row = (id: string, question: string, answer = '5'): string =>
    JSON.stringify({ id, question, answer });

  it('names the first row of an id and of a text, rows that do not count aside', () => {
    const lines = [
      '{"id": "a", "question": "", "answer": "5"}',
      row('a', 'One?'),
      row('a', 'Two?'),
      row('b', 'one?  '),
      row('c', 'ONE?', '6'),
    ];
    const found = diagnose(lines).filter(({ kind }) => kind !== 'empty');
    expect(found.map(({ kind, line, related }) => [kind, line, related[0]?.line])).toEqual([
      ['same-id', 2, 1],
      ['same-text', 3, 1],
      ['same-text', 4, 1],
    ]);
    expect(found.map((one) => marked(lines, one))).toEqual(['"a"', '"one?  "', '"ONE?"']);
    expect(found.map(({ related: [first] }) => first && marked(lines, first))).toEqual([
      '"a"',
      '"One?"',
      '"One?"',
    ]);
    expect(String(found[1]?.message)).toBe('Line 2 has the same question.');
    expect(String(found[2]?.message)).toBe('Line 2 has the same question with another answer.');
  });

  it('says what the training set shares with a measuring one, from both sides', () => {
    const train = [row('a', 'One apple?'), row('b', 'Has 3 pears?'), row('c', 'Red?')];
    const dev = [row('x', 'one  apple?'), row('y', 'Has 12 pears?'), row('c', 'Blue?')];
    const seen = (found: readonly Finding[]) =>
      found.map(({ kind, line, severity, related: [other] }) => [
        kind,
        line,
        severity,
        other?.set,
        other?.line,
      ]);
    expect(seen(diagnose(train, { dev }))).toEqual([
      ['overlap-id', 2, 'info', 'dev', 2],
      ['overlap-text', 0, 'info', 'dev', 0],
      ['overlap-numbers', 1, 'info', 'dev', 1],
    ]);
    expect(seen(diagnose(dev, { train }, 'dev'))).toEqual([
      ['overlap-id', 2, 'info', 'train', 2],
      ['overlap-text', 0, 'info', 'train', 0],
      ['overlap-numbers', 1, 'info', 'train', 1],
    ]);
    expect(diagnose(dev, { far: train }, 'dev')).toEqual([]);
  });

  it('says which questions test has that dev has, too, from both sides, and nothing of equal ids or other numbers', () => {
    const dev = [row('a', 'One apple?'), row('b', 'Has 3 pears?'), row('c', 'Red?')];
    const test = [row('x', 'one  apple?'), row('y', 'Has 12 pears?'), row('c', 'Blue?')];
    for (const [set, of, other] of [
      ['dev', dev, { test }],
      ['test', test, { dev }],
    ] as const) {
      const found = diagnose(of, other, set);
      expect(found.map(({ kind, line, severity }) => [kind, line, severity])).toEqual([
        ['overlap-text', 0, 'info'],
      ]);
      expect(String(found[0]?.message)).toMatch(/^The set (?:test|dev) has the same question: /u);
    }
    expect(diagnose(test, { far: dev }, 'test')).toEqual([]);
  });

  it('says once that a templated set has other numbers', () => {
    const many = (prefix: string, from: number): string[] =>
      Array.from({ length: 21 }, (_, n) => row(`${prefix}${n}`, `What is ${from + n} plus 1?`));
    const found = diagnose(many('t', 0), { dev: many('d', 100) });
    expect(found).toHaveLength(1);
    expect(String(found[0]?.message)).toBe(
      '21 questions of this file stand in dev with other numbers.',
    );
  });

  it('lists the gravest two hundred and counts the others', () => {
    const lines = [
      ...Array.from({ length: 150 }, (_, n) => row(`i${n}`, `Question ${n}?`, ' 5 ')),
      ...Array.from({ length: 190 }, () => '{'),
    ];
    const shown = capFindings(diagnose(lines));
    expect(shown).toHaveLength(201);
    expect(shown.filter(({ kind }) => kind === 'not-json')).toHaveLength(190);
    expect(shown.filter(({ kind }) => kind === 'spaces')).toHaveLength(10);
    expect(shown.at(-1)).toMatchObject({ kind: 'more', severity: 'info', line: 10 });
    expect(String(shown.at(-1)?.message)).toContain('140 further problems');
    expect(capFindings(diagnose(lines.slice(150)))).toHaveLength(190);
  });

  it('does bounded pieces of work', () => {
    const lines = Array.from({ length: 1000 }, (_, n) => row(`i${n}`, `Question ${n}?`));
    const reading = readRows(lines);
    let steps = 0;
    while (reading.next().done !== true) steps += 1;
    expect(steps).toBeGreaterThanOrEqual(5);
    const known = new Map(lines.map((line) => [line, readRow(line)]));
    expect(runWhole(readRows(lines, known))[7]).toBe(known.get(lines[7] ?? ''));
  });
});
