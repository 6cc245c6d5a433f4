import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gradeChoice, gradeYesNo } from '../../src/core/grading/choices.ts';
import { gradeNumeric } from '../../src/core/grading/grade.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const python = `${root}.venv/bin/python`;

const PIECES = [
  ...['Answer: ', '\nAnswer: ', 'the answer is ', '\\boxed{', '}', '#### ', '\nA: ', ' not ', 'x'],
  ...[
    '1',
    '25',
    '234',
    '0',
    '.',
    ',',
    '/',
    '-',
    ' ',
    '\n',
    ' = ',
    ' + ',
    '%',
    'e3',
    '$',
    '½',
    '\u2212',
  ],
  ...[
    '🍎',
    ' apples',
    ' of ',
    ' million',
    ' cents',
    'yes',
    'no',
    '(a)',
    'E',
    '. ',
    '\uff15',
    '\u2028',
  ],
  ...['\\frac{1}{2}', ':', '^', '(', ')', '*', 'k', '\r', '\u00a0'],
];
const text = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 16 })
  .map((pieces) => pieces.join(''));
const row = fc.tuple(text, fc.constantFrom('1', '25', '-5', '1/2', '30%', '1,234', 'yes', '(e)'));

const PROGRAM = `
import json, sys
from tailor_bridge.choices import grade_choice, grade_yes_no
from tailor_bridge.grading import grade_numeric
for line in sys.stdin:
    text, gold = json.loads(line)
    grades = [grader(text, gold) for grader in (grade_numeric, grade_yes_no, grade_choice)]
    print(json.dumps([
        [g.verdict, g.lenient, g.value, g.span, sorted(g.flags)] for g in grades
    ]))
`;

test.skipIf(!existsSync(python))(
  'both graders say the same of 3,000 random texts (needs the Python environment in .venv)',
  () => {
    const rows = fc.sample(row, { numRuns: 3000, seed: 7 });
    const { stdout, stderr } = spawnSync(python, ['-c', PROGRAM], {
      input: rows.map((one) => `${JSON.stringify(one)}\n`).join(''),
      env: { PYTHONPATH: `${root}python-bridge`, PYTHONIOENCODING: 'utf-8' },
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    expect(stderr).toBe('');
    const theirs = stdout.trimEnd().split('\n');
    expect(theirs).toHaveLength(rows.length);
    for (const [index, [written, gold]] of rows.entries()) {
      const ours = [gradeNumeric, gradeYesNo, gradeChoice].map((grader) => {
        const { verdict, lenient, value, span, flags } = grader(written, gold);
        return [verdict, lenient, value, span, [...flags].sort()];
      });
      const parsed: unknown = JSON.parse(theirs[index] ?? 'null');
      expect(parsed, JSON.stringify([written, gold])).toEqual(ours);
    }
  },
);
