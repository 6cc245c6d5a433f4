import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { letterAt } from '../../../../src/core/dataset/choiceLetter.ts';
import { MOST_CHOICES } from '../../../../src/core/dataset/choiceColumns.ts';
import { goldOfKind } from '../../../../src/core/dataset/goldOfKind.ts';
import { questionProblems } from '../../../../src/core/dataset/questionProblems.ts';
import { promptOf } from '../../../../src/core/exam/promptForm.ts';
import { auditAttempts } from '../../../../src/core/grading/audit.ts';
import { gradeChoice } from '../../../../src/core/grading/choices.ts';
import { gradeExact } from '../../../../src/core/grading/exact.ts';
import { goldProblem, gradeAttempt } from '../../../../src/core/grading/gradeAnswer.ts';
import { plainText } from '../../../../src/core/grading/phrase.ts';
import { anAttempt } from '../../../fakes/reviewMaterial.ts';

const PIECES = [
  ...['Answer: ', '\nAnswer: ', 'the answer is ', '\\boxed{', '}', '#### ', '\nA: ', '(', ')', '('],
  ...[
    'New',
    'York',
    ' ',
    '\n',
    '.',
    '*',
    '**',
    '"',
    '“',
    '’',
    '_',
    '`',
    'not ',
    '\u00a0',
    '\u200b',
  ],
  ...[
    'a',
    'B',
    'z',
    'i',
    '(a)',
    '(Z)',
    '( c )',
    '🍎',
    '\ud800',
    '\u202e',
    '\uff21',
    'ﬁ',
    'İ',
    '\r',
  ],
];
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 24 }).map((pieces) => pieces.join('')),
);
const choices = fc.array(text, { minLength: 2, maxLength: MOST_CHOICES });

function isWhole(written: string, grade: ReturnType<typeof gradeExact>): void {
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

describe('any text against any gold', () => {
  test('of a text is graded the same twice, and its span says what was read', () => {
    fc.assert(
      fc.property(text, text, (written, gold) => {
        const grade = gradeExact(written, gold);
        expect(gradeExact(written, gold)).toEqual(grade);
        isWhole(written, grade);
        if (grade.span) expect(plainText(written.slice(...grade.span))).toBe(grade.value);
        if (grade.verdict === 'right') expect(grade.value).toBe(plainText(gold));
      }),
      { numRuns: 1000 },
    );
  });

  test('of a text is right where the gold stands on one line behind the marker', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (gold) => {
        fc.pre(goldProblem('exact', gold, undefined) === null);
        // Words that announce an answer are markers wherever they stand.
        fc.pre(!/answer|boxed|####|\ba ?:|[\r\n\v\f\u0085\u2028\u2029]/iu.test(gold));
        expect(gradeExact(`Work.\nAnswer: ${gold}`, gold).verdict).toBe('right');
      }),
      { numRuns: 500 },
    );
  });

  test('of a choice is graded the same twice, within its letters', () => {
    fc.assert(
      fc.property(text, choices, fc.nat(25), (written, offered, place) => {
        const gold = letterAt(place);
        const grade = gradeChoice(written, gold, offered);
        expect(gradeChoice(written, gold, [...offered])).toEqual(grade);
        isWhole(written, grade);
        if (place >= offered.length) expect(grade.verdict).toBe('no-answer');
        if (grade.value !== null) {
          expect(grade.value >= 'a' && grade.value <= letterAt(offered.length - 1)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a very long text', () => {
  // A quadratic search over one of these takes minutes, so the test's own time limit is the assertion.
  const offered = ['both (a) and (b)', '(b)', 'New York', 'New  York ( a ) (a) (a)'];
  test.each(['(a) ', 'both (a) and ', 'New ', 'Answer: ', '**', '. ', '(', '\n', 'new york ', "'"])(
    'of %j is graded',
    (piece) => {
      const written = piece.repeat(Math.ceil((1 << 18) / piece.length));
      for (const grade of [
        gradeExact(written, 'New York'),
        gradeExact(written, written),
        gradeChoice(written, 'c', offered),
      ]) {
        isWhole(written, grade);
      }
    },
  );
});

describe('letters up to the last', () => {
  const offered = Array.from({ length: MOST_CHOICES }, (_, at) => `word ${at}`);

  it.each(offered.map((_, at) => letterAt(at)))('(%s) is read in every form', (letter) => {
    const capital = letter.toUpperCase();
    for (const said of [
      `(${letter})`,
      `( ${capital} )`,
      capital,
      `${letter}.`,
      `**(${letter})**`,
    ]) {
      expect([said, gradeChoice(`It is.\nAnswer: ${said}`, letter, offered).verdict]).toEqual([
        said,
        'right',
      ]);
    }
    const other = letter === 'a' ? 'z' : 'a';
    expect(gradeChoice(`Answer: (${other})`, letter, offered).verdict).toBe('wrong');
    expect(promptOf({ question: 'Q?', kind: 'choice', choices: offered })).toContain(
      `\n(${letter}) word ${offered.length > 0 ? letter.charCodeAt(0) - 97 : 0}`,
    );
  });

  it('a letter behind the last choice is none, and "I think" no pick', () => {
    for (const count of [2, 5, 6, 25]) {
      const few = offered.slice(0, count);
      const beyond = letterAt(count);
      expect(gradeChoice(`Answer: (${beyond})`, 'a', few).verdict).toBe('no-answer');
      expect(goldProblem('choice', beyond, few)).not.toBeNull();
      expect(goldProblem('choice', letterAt(count - 1), few)).toBeNull();
    }
    expect(gradeChoice('Answer: I think so', 'i', offered).verdict).toBe('no-answer');
    expect(gradeChoice('Answer: I', 'i', offered).verdict).toBe('right');
    expect(goldProblem('choice', '{', [...offered])).not.toBeNull();
    expect(goldProblem('choice', 'aa', [...offered])).not.toBeNull();
  });
});

describe('choices that say letters themselves', () => {
  const offered = ['x is odd', 'x is (b)ig', 'both (a) and (b)', 'neither (a) nor  (b)'];

  it.each<[string, string]>([
    ['(c) both (a) and (b)', 'c'],
    ['c) Both (a) and (b).', 'c'],
    ['C. both  (a)  and (b)', 'c'],
    ['(d) neither (a) nor (b)', 'd'],
    ['not both (a) and (b) but (d)', 'd'],
    ['(a) x is odd', 'a'],
  ])('%j picks %s', (said, letter) => {
    for (const gold of ['a', 'b', 'c', 'd']) {
      const { value, verdict } = gradeChoice(`Answer: ${said}`, gold, offered);
      expect([value, verdict]).toEqual([letter, gold === letter ? 'right' : 'wrong']);
    }
  });

  it('the text alone is no letter: right by the lenient rule, and never another choice', () => {
    const grade = gradeChoice('Answer: both (a) and (b)', 'c', offered);
    expect(grade).toMatchObject({ verdict: 'no-answer', lenient: 'right', value: null });
    expect(gradeChoice('Answer: both (a) and (b)', 'b', offered).verdict).toBe('no-answer');
  });

  it('a choice that is a letter in brackets does not take the pick away', () => {
    const swapped = ['(b)', '(a)'];
    expect(gradeChoice('Answer: (a)', 'a', swapped).verdict).toBe('right');
    expect(gradeChoice('Answer: (a) (b)', 'a', swapped).verdict).toBe('right');
    expect(gradeChoice('Answer: (b) (a)', 'a', swapped).verdict).toBe('wrong');
  });

  it('patterns in choices are read as text', () => {
    const odd = ['.*(a)', '[(b)', '$1 (c)', '(?:(d)'];
    for (const [at, choice] of odd.entries()) {
      const letter = letterAt(at);
      expect(gradeChoice(`Answer: (${letter}) ${choice}`, letter, odd).verdict).toBe('right');
    }
  });
});

describe('choices with one text', () => {
  const offered = ['red', 'blue', 'Red.'];

  it('make the letter of a twin right by the lenient rule, so that it is never a negative', () => {
    const twin = gradeChoice('Answer: (c)', 'a', offered);
    expect(twin).toMatchObject({ verdict: 'wrong', lenient: 'right', value: 'c' });
    expect(gradeChoice('Answer: (b)', 'a', offered).lenient).toBe('wrong');
    const question = { id: 'q', question: 'Which?', answer: 'a', kind: 'choice', choices: offered };
    const gold = { ...question, kind: 'choice' as const };
    const attempts = ['(c)', '(b)'].map((said, sample) =>
      anAttempt('q', sample, ` It is.\nAnswer: ${said}`),
    );
    const graded = attempts.map((attempt) => ({ attempt, grade: gradeAttempt(attempt, gold) }));
    expect(auditAttempts(gold, graded).map(({ sample, reasons }) => [sample, reasons])).toEqual([
      [0, ['lenient-right']],
    ]);
  });

  it('cannot be named by their text', () => {
    const choices = { texts: offered, labels: null };
    expect(() => goldOfKind('choice', 'red', 'answer', { choices })).not.toThrow();
    expect(() =>
      goldOfKind('choice', 'red', 'answer', { choices: { ...choices, texts: ['red', 'Red'] } }),
    ).toThrow('two choices');
  });
});

describe('rows that nobody can be graded by', () => {
  const row = { id: '1', question: 'Which?', answer: 'a', kind: 'choice' };

  it.each<[string, unknown]>([
    ['an empty choice', ['x', '']],
    ['a blank choice', ['x', ' \t\n']],
    ['one choice', ['x']],
    ['no list', 'x|y'],
    ['more choices than letters', Array.from({ length: MOST_CHOICES + 1 }, (_, at) => `${at}`)],
  ])('%s is refused by name', (_, given) => {
    expect(questionProblems({ ...row, choices: given }).map(({ field }) => field)).toEqual([
      'choices',
    ]);
  });

  it('texts that are longer than an answer are refused, in data and at import', () => {
    const [long, fits] = ['x'.repeat(1001), 'x'.repeat(1000)];
    expect(goldProblem('exact', fits, undefined)).toBeNull();
    expect(gradeExact(`Answer: ${fits}`, fits).verdict).toBe('right');
    expect(gradeExact(`Answer: ${fits}y`, fits).verdict).toBe('wrong');
    expect(String(goldProblem('exact', long, undefined))).toContain('1001 characters');
    expect(() => goldOfKind('exact', long, 'answer')).toThrow('1001 characters');
    expect(questionProblems({ ...row, kind: 'exact', answer: long })).toHaveLength(1);
  });
});

it.each<[string, string, string, string]>([
  ['Answer: new york city', 'New York', 'wrong', 'right'],
  ['Answer: York', 'New York', 'wrong', 'wrong'],
  ['New York', 'New York', 'right', 'right'],
  ['It is New York', 'New York', 'no-answer', 'right'],
  ['It is New Yorkshire', 'New York', 'no-answer', 'no-answer'],
  ['Answer: x.*', 'x.*', 'right', 'right'],
  ['Answer: xyz', 'x.*', 'wrong', 'wrong'],
  ['Answer: C', 'C++', 'wrong', 'wrong'],
  ['Answer: “C++”', 'C++', 'right', 'right'],
  ['Answer: ﬁne', 'fine', 'right', 'right'],
  ['Answer: New\u00a0York', 'New York', 'right', 'right'],
  ['Answer: New York\nAnswer: Boston', 'New York', 'right', 'right'],
  ['Answer: Boston\nAnswer: New York', 'New York', 'wrong', 'right'],
  ['Answer:', 'New York', 'no-answer', 'no-answer'],
  ['Answer: x', '', 'no-answer', 'no-answer'],
])('the text %j against %j is %s, leniently %s', (written, gold, verdict, lenient) => {
  expect(gradeExact(written, gold)).toMatchObject({ verdict, lenient });
});
