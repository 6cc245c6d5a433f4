import { describe, expect, it } from 'vitest';
import { diagnoseRows, readRows, type Finding } from '../../../../src/core/dataset/diagnose.ts';
import { questionId } from '../../../../src/core/dataset/question.ts';
import { fixAll, fixesOf, type FixSource } from '../../../../src/core/dataset/rowFixes.ts';
import { runWhole } from '../../../../src/core/runWhole.ts';
import { mendedLines } from '../../../fakes/mendedLines.ts';

function opened(lines: readonly string[]): { source: FixSource; findings: Finding[] } {
  const rows = runWhole(readRows(lines));
  const ids = new Set(rows.flatMap(({ id }) => (id ? [id.text] : [])));
  return { source: { lines, rows, ids }, findings: runWhole(diagnoseRows(rows, 'train', [])) };
}

/** The lines after the n-th way to mend the first finding. */
function mended(lines: readonly string[], way = 0): string[] | null {
  const { source, findings } = opened(lines);
  const [first] = findings;
  const fix = first && fixesOf(first, source)[way];
  return fix ? mendedLines(lines, fix) : null;
}

const ID = questionId('Q?');

describe('the first way to mend', () => {
  it.each([
    ['{"id": "a", "question": "Q?", "answer": 5}', '{"id": "a", "question": "Q?", "answer": "5"}'],
    [
      '{"id":12345678901234567890,"question":"Q?","answer":"5"}',
      '{"id":"12345678901234567890","question":"Q?","answer":"5"}',
    ],
    [
      '{"id": "a", "question": "Q?", "answer": "\\t5 "}',
      '{"id": "a", "question": "Q?", "answer": "5"}',
    ],
    ['{"question": "Q?", "answer": "5"}', `{"id": "${ID}", "question": "Q?", "answer": "5"}`],
    ['{"question":"Q?","answer":"5"}', `{"id":"${ID}","question":"Q?","answer":"5"}`],
    [
      '{"id": "", "question": "Q?", "answer": "5"}',
      `{"id": "${ID}", "question": "Q?", "answer": "5"}`,
    ],
    [
      '{"id": null, "question": "Q?", "answer": "5"}',
      `{"id": "${ID}", "question": "Q?", "answer": "5"}`,
    ],
    ['{"id": "a", "problem": "Q?", "answer": "5"}', '{"id": "a", "question": "Q?", "answer": "5"}'],
    [
      '{"id": "a", "question": "Q?", "anwser": "5"}',
      '{"id": "a", "question": "Q?", "answer": "5"}',
    ],
    [
      '{"id": "a", "question": "Q?", "answer": "x\\n#### 1,234"}',
      '{"id": "a", "question": "Q?", "answer": "1,234"}',
    ],
    [
      '{"id": "a", "question": "Q?", "answer": "5", "rationale": ""}',
      '{"id": "a", "question": "Q?", "answer": "5"}',
    ],
    [
      '{"id": "a", "question": "Q?", "answer": "5", "tags": "x"}',
      '{"id": "a", "question": "Q?", "answer": "5", "tags": ["x"]}',
    ],
    [
      '{"id": "a", "answer": "6", "question": "Q?", "answer": "5"}',
      '{"id": "a", "question": "Q?", "answer": "5"}',
    ],
    [
      '{"id": "a", "question": "Q?", "answer": "5", "equation": "9"}',
      '{"id": "a", "question": "Q?", "answer": "5"}',
    ],
    [
      '{"id": "a", "question": "Q?", "answer": "5"},',
      '{"id": "a", "question": "Q?", "answer": "5"}',
    ],
  ])('%j', (line, expected) => {
    expect(mended([line])).toEqual([expected]);
    // What was mended is right, and nothing else of the row has changed.
    expect(opened([expected]).findings).toEqual([]);
  });

  it.each([
    ['{', 0],
    ['[1]', 0],
    ['{"id": "a", "question": 7, "answer": "5"}', 0],
    ['{"id": "a", "question": "Q?", "answer": "five"}', 0],
    ['{"id": "a", "question": "Q?"}', 0],
    ['{"id": "a", "question": "Q?", "answer": 5}', 1],
  ])('%j is removed by way %i', (line, way) => {
    expect(mended([line, '{"id": "b", "question": "B?", "answer": "1"}'], way)).toEqual([
      '{"id": "b", "question": "B?", "answer": "1"}',
    ]);
  });

  it('makes a long id short, and the same one always', () => {
    const line = `{"id": "${'x'.repeat(250)}", "question": "Q?", "answer": "5"}`;
    expect(mended([line])?.[0]).toMatch(/^\{"id": "h-[0-9a-f]{32}", "question"/u);
    expect(mended([line])).toEqual(mended([line]));
  });

  it('keeps an id that is taken for a row of its own, and removes the same row', () => {
    const row = (id: string, question: string): string =>
      JSON.stringify({ id, question, answer: '5' });
    const lines = [row('a', 'One?'), row('a-2', 'Two?'), row('a', 'Three?')];
    expect(mended(lines)).toEqual([row('a', 'One?'), row('a-2', 'Two?'), row('a-3', 'Three?')]);
    expect(mended([row('a', 'One?'), row('a', 'one?')])).toEqual([row('a', 'One?')]);
    expect(mended([row('a', 'One?'), row('a', 'one?')], 1)).toEqual([
      row('a', 'One?'),
      row('a-2', 'one?'),
    ]);
    expect(mended([row('a', 'One?'), row('b', 'one?')])).toEqual([row('a', 'One?')]);
  });
});

describe('a conflict of a merge', () => {
  const row = (id: string): string => JSON.stringify({ id, question: `${id}?`, answer: '5' });
  const plain = [
    row('a'),
    '<<<<<<< HEAD',
    row('b'),
    '=======',
    row('c'),
    '>>>>>>> theirs',
    row('d'),
  ];
  const withBase = [...plain.slice(0, 3), '||||||| 1234', row('x'), ...plain.slice(3)];

  it.each([
    [plain, 0, ['a', 'b', 'c', 'd']],
    [plain, 1, ['a', 'b', 'd']],
    [plain, 2, ['a', 'c', 'd']],
    [withBase, 0, ['a', 'b', 'c', 'd']],
    [withBase, 2, ['a', 'c', 'd']],
  ])('is settled (%#)', (lines, way, left) => {
    expect(mended(lines, way)).toEqual(left.map(row));
    const { source, findings } = opened(lines);
    const ways = findings.map((one) => fixesOf(one, source).map(({ removes }) => removes));
    // Every marker of a conflict offers the same.
    for (const one of ways) expect(one).toEqual(ways[0]);
    const titles = fixesOf(findings[0]!, source).map(({ title }) => String(title));
    expect(titles).toEqual([
      'Keep the rows of both sides',
      'Keep the rows of HEAD',
      'Keep the rows of theirs',
    ]);
  });

  it('whose other markers are gone loses the marker', () => {
    expect(mended([row('a'), '=======', row('b')])).toEqual([row('a'), row('b')]);
    expect(mended([row('a'), '<<<<<<< HEAD', row('b')])).toEqual([row('a'), row('b')]);
  });
});

describe('mending all of a kind', () => {
  it('gives every row an id of its own', () => {
    const lines = [
      '{"question": "Q?", "answer": "5"}',
      '{"question": "q?", "answer": "5"}',
      '{"question": "R?", "answer": "5"}',
    ];
    const { source, findings } = opened(lines);
    const all = fixAll('missing', findings, source);
    expect(all?.count).toBe(3);
    expect(String(all?.fix.title)).toBe('Mend all 3 of this kind');
    const mended = all ? mendedLines(lines, all.fix) : [];
    const rows = opened(mended).source.rows.map(({ id }) => id?.text);
    expect(rows).toEqual([ID, `${ID}-2`, questionId('R?')]);
    expect(opened(mended).findings.map(({ kind }) => kind)).toEqual(['same-text']);
  });

  it('removes every row that cannot be mended, and says so', () => {
    const lines = ['{', '{"id": "a", "question": "Q?", "answer": "5"}', 'x', ''];
    const { source, findings } = opened(lines);
    const all = fixAll('not-json', findings, source);
    expect(String(all?.fix.title)).toBe('Remove all 2 such rows');
    expect(all && mendedLines(lines, all.fix)).toEqual([lines[1], '']);
  });

  it('is not offered for one', () => {
    const { source, findings } = opened(['{']);
    expect(fixAll('not-json', findings, source)).toBe(null);
  });

  it('counts conflicts, not their markers, and removes no row of either side', () => {
    const row = (id: string): string => `{"id": "${id}", "question": "${id}?", "answer": "5"}`;
    const conflict = (a: string, b: string): string[] => [
      '<<<<<<< HEAD',
      row(a),
      '=======',
      row(b),
      '>>>>>>> theirs',
    ];
    const one = conflict('a', 'b');
    const alone = opened(one);
    expect(fixAll('conflict', alone.findings, alone.source)).toBe(null);
    const two = [...one, row('c'), ...conflict('d', 'e')];
    const { source, findings } = opened(two);
    const all = fixAll('conflict', findings, source);
    expect(String(all?.fix.title)).toBe('Keep the rows of both sides in all 2 conflicts');
    expect(all && mendedLines(two, all.fix)).toEqual(['a', 'b', 'c', 'd', 'e'].map(row));
  });
});
