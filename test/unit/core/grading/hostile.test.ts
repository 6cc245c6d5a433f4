import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auditAttempts } from '../../../../src/core/grading/audit.ts';
import { gradeChoice, gradeYesNo } from '../../../../src/core/grading/choices.ts';
import { gradeNumeric } from '../../../../src/core/grading/grade.ts';
import { gradeAttempt } from '../../../../src/core/grading/gradeAnswer.ts';
import type { Attempt } from '../../../../src/core/exam/attempt.ts';

const PIECES = [
  ...[
    'Answer: ',
    'the answer is ',
    '\\boxed{',
    '}',
    '#### ',
    'A: ',
    '1',
    '234',
    '.',
    ',',
    '/',
    '-',
  ],
  ...['½', ' ', '\n', ' = ', ' + ', 'x', ' not ', '%', 'e9', '$', '\\frac{1}{2}', '🍎', '\ud800'],
  ...['yes', 'no', '(a)', '(E)', '\u2212', '\uff15', '\u202e', '\u0000', ' million', ' cents'],
];
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((pieces) => pieces.join('')),
);
const gold = fc.oneof(fc.constantFrom('1', '234', '-5', '1/2', '30%', '1,234', '', 'x'), text);
const finish = fc.constantFrom('eos', 'stop', 'length', 'loop');

describe('any text', () => {
  test('is graded the same twice, and the span lies inside it', () => {
    fc.assert(
      fc.property(text, gold, (written, wanted) => {
        for (const grader of [gradeNumeric, gradeYesNo, gradeChoice]) {
          const grade = grader(written, wanted);
          expect(grader(written, wanted)).toEqual(grade);
          expect(grade.span === null).toBe(grade.value === null);
          if (grade.span) {
            const [start, end] = grade.span;
            expect(start).toBeGreaterThanOrEqual(0);
            expect(end).toBeGreaterThan(start);
            expect(end).toBeLessThanOrEqual(written.length);
          }
          if (grade.verdict === 'right') expect(grade.lenient).toBe('right');
          if (grade.verdict === 'wrong') expect(grade.value).not.toBeNull();
        }
      }),
      { numRuns: 500 },
    );
  });

  test('that is lenient-right but not right is never free of suspicion', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, finish), { maxLength: 5 }), gold, (written, answer) => {
        const graded = written.map(([own, how], sample) => {
          const attempt: Attempt = {
            type: 'attempt',
            set: 'train',
            questionId: 'q',
            sample,
            fingerprint: 'f',
            text: own,
            ids: [],
            finish: how,
            minMargin: null,
          };
          return { attempt, grade: gradeAttempt(attempt, { answer }) };
        });
        const suspects = auditAttempts({ id: 'q', question: 'How many?', answer }, graded);
        for (const { attempt, grade } of graded) {
          const suspect = suspects.find(({ sample }) => sample === attempt.sample);
          if (grade.verdict === 'right') expect(suspect).toBeUndefined();
          else if (grade.lenient === 'right') expect(suspect?.reasons).toContain('lenient-right');
        }
      }),
      { numRuns: 300 },
    );
  });

  test('of the gold itself behind a marker is right', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(gradeNumeric(`r\nAnswer: ${value}`, String(value)).verdict).toBe('right');
      }),
    );
  });
});

describe('a very long text', () => {
  // A quadratic search over one of these takes minutes, so the test's own time limit is the assertion.
  test.each([
    ...[
      '1',
      '1,234',
      '1 ',
      '1/',
      '-',
      '1.',
      '.5',
      '\\frac{1}{',
      '$',
      '1e',
      '1 x 10^',
      '½ ',
      '=1+',
      ' 234',
    ],
    ...['Answer: ', 'Answer:\n', 'the answer is ', 'the answer is x. ', '\\boxed{', '#### 1', 'A:'],
    ...[
      'Answer: x\n',
      '\nA: 1',
      'the ',
      '***',
      'not ',
      'no ',
      '(a) ',
      'isn',
      '\n',
      '   ',
      '1 apple + ',
    ],
    ...['\u2212', '\uff15', '🍎', 'Answer: 1 = ', '(', '{'],
  ])('of %j is graded', (piece) => {
    const written = piece.repeat(Math.ceil((1 << 18) / piece.length));
    for (const grader of [gradeNumeric, gradeYesNo, gradeChoice]) {
      const grade = grader(written, '7');
      expect(grade.span === null || grade.span[1] <= written.length).toBe(true);
    }
  });

  test('of a megabyte is read to its last line', () => {
    const written = `${'1,234 = 5 - the '.repeat(1 << 16)}\nAnswer: 42`;
    const grade = gradeNumeric(written, '42');
    expect(grade).toMatchObject({ verdict: 'right', span: [written.length - 2, written.length] });
  });
});
