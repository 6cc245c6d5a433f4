import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { gradeAnswer, gradeAttempt } from '../../../../src/core/grading/gradeAnswer.ts';
import { goldValue } from '../../../../src/core/grading/gold.ts';
import { gradeSchema } from '../../../../src/core/grading/verdict.ts';

const vectors = z
  .object({
    cases: z.array(
      z.object({
        task: z.enum(['numeric', 'yes-no', 'choice', 'exact']),
        text: z.string(),
        gold: z.string(),
        choices: z.array(z.string()).optional(),
        ours: gradeSchema.extend({ read: z.string().nullable() }),
      }),
    ),
  })
  .parse(
    JSON.parse(
      readFileSync(new URL('../../../fixtures/vectors/grading.json', import.meta.url), 'utf8'),
    ),
  );

describe('the vectors shared with Python', () => {
  test.each(vectors.cases.map((row) => [`${row.task}: ${row.text} / ${row.gold}`, row] as const))(
    '%j',
    (_, { task, text, gold, choices, ours }) => {
      const kind = task === 'numeric' ? 'number' : task;
      const { flags, ...grade } = gradeAnswer(text, { answer: gold, kind, choices });
      const { flags: expectedFlags, read, ...expected } = ours;
      expect(grade).toEqual(expected);
      expect([...flags].sort()).toEqual([...expectedFlags].sort());
      expect(grade.span && text.slice(...grade.span)).toBe(read);
    },
  );

  test('hold at least the 34 rows of the published table', () => {
    expect(vectors.cases.length).toBeGreaterThan(100);
  });
});

describe('gradeAttempt', () => {
  test('adds what only the exam knows', () => {
    expect(gradeAttempt({ text: 'Answer: 1', finish: 'length' }, { answer: '12' }).flags).toEqual([
      'truncated',
    ]);
    expect(gradeAttempt({ text: 'Answer: 1', finish: 'loop' }, { answer: '1' })).toMatchObject({
      verdict: 'right',
      flags: ['loop'],
    });
    expect(gradeAttempt({ text: 'Answer: 1', finish: 'eos' }, { answer: '1' }).flags).toEqual([]);
  });
});

describe('goldValue', () => {
  test.each([
    ['1,234', '1234'],
    [' $18.00 ', '18'],
    ['51.0', '51'],
    ['2/3', '2/3'],
    ['5 apples', '5'],
    ['-.5', '-0.5'],
    ['5 or 6', null],
    ['3:30', null],
    ['yes', null],
    ['', null],
    ['1/0', null],
    ['9'.repeat(500), null],
  ])('%j is %j', (gold, value) => {
    expect(goldValue(gold)).toBe(value);
  });
});
