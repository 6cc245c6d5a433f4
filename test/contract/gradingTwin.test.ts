import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gradeAnswer } from '../../src/core/grading/gradeAnswer.ts';
import { PROBE_KINDS } from '../../src/core/training/run.ts';

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
  ...['–', '—', '(b)', '(c)', '( A )', 'I', 'Option B', 'ink', 'both (a) and (b)', 'New York'],
  ...['NEW\ufeffYORK', 'ﬁ', 'İ', 'Σ', '“', '.”', '\u0085', '\u001c', '*'],
];
const text = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 16 })
  .map((pieces) => pieces.join(''));
const GOLDS = [
  '1',
  '25',
  '-5',
  '1/2',
  '30%',
  '1,234',
  'yes',
  'No',
  '(e)',
  'a',
  'B',
  'New York',
  '.',
];
/** None; texts that hold letters themselves, one that is nothing else, and one that is said twice. */
const CHOICES = [
  [],
  ['ink', 'New York', 'both (a) and (b)', 'ink (a)', '(a)', 'Ink.'],
  ['yes', 'no', '(b) and\n(c)'],
  Array.from({ length: 10 }, (_, place) => String(place)),
];
const row = fc.tuple(text, fc.constantFrom(...GOLDS), fc.constantFrom(...CHOICES));

const PROGRAM = `
import json, sys
from tailor_bridge.grade_answer import KINDS, grade_answer
for line in sys.stdin:
    text, gold, choices = json.loads(line)
    grades = [(kind, grade_answer(text, gold, kind, choices)) for kind in KINDS]
    print(json.dumps([
        [kind, g.verdict, g.lenient, g.value, g.span, sorted(g.flags)] for kind, g in grades
    ]))
`;

test.skipIf(!existsSync(python))(
  'both graders say the same of 4,000 random texts (needs the Python environment in .venv)',
  () => {
    const rows = fc.sample(row, { numRuns: 4000, seed: 7 });
    const { stdout, stderr } = spawnSync(python, ['-c', PROGRAM], {
      input: rows.map((one) => `${JSON.stringify(one)}\n`).join(''),
      env: { PYTHONPATH: `${root}python-bridge`, PYTHONIOENCODING: 'utf-8' },
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    expect(stderr).toBe('');
    const theirs = stdout.trimEnd().split('\n');
    expect(theirs).toHaveLength(rows.length);
    for (const [index, [written, gold, choices]] of rows.entries()) {
      const ours = PROBE_KINDS.map((kind) => {
        const answer = { answer: gold, kind, choices };
        const { verdict, lenient, value, span, flags } = gradeAnswer(written, answer);
        return [kind, verdict, lenient, value, span, [...flags].sort()];
      });
      const parsed: unknown = JSON.parse(theirs[index] ?? 'null');
      expect(parsed, JSON.stringify([written, gold, choices])).toEqual(ours);
    }
  },
);
