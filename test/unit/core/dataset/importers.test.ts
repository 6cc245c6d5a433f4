import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goldValue } from '../../../../src/core/grading/gold.ts';
import {
  describeBadRow,
  guessFormat,
  importRows,
  importRow,
  type DataFormat,
} from '../../../../src/core/dataset/importers.ts';
import { sentence } from '../../../../src/core/sentence.ts';
import { valueAt } from '../../../../src/core/dataset/fieldPath.ts';
import {
  questionId,
  questionSchema,
  type Question,
} from '../../../../src/core/dataset/question.ts';

const GSM8K: DataFormat = { kind: 'gsm8k' };
const SVAMP: DataFormat = { kind: 'svamp' };
const OWN: DataFormat = { kind: 'mapped', mapping: { id: 'id', question: 'q', answer: 'a' } };

function imported(format: DataFormat, value: unknown): Question {
  const result = importRow(format, value, { line: 1 });
  if ('bad' in result) throw new Error(JSON.stringify(result.bad));
  return result.question;
}

function refused(format: DataFormat, value: unknown): { field: string | null; reason: string } {
  const result = importRow(format, value, { line: 7 });
  if (!('bad' in result)) throw new Error('was imported');
  expect(result.bad.line).toBe(7);
  return { field: result.bad.field, reason: String(result.bad.reason) };
}

describe('GSM8K', () => {
  test('marks leave the text and become the equation', () => {
    const question = 'Ann has 16 eggs, eats 3 and sells the rest at $2. How much does she earn?';
    const answer =
      'She sells 16 - 3 = <<16-3=13>>13 eggs.\n\nThat is 13 * 2 = $<<13*2=26>>26.\n#### 26';
    expect(imported(GSM8K, { question, answer })).toEqual({
      id: questionId(question),
      question,
      answer: '26',
      rationale: 'She sells 16 - 3 = 13 eggs.\nThat is 13 * 2 = $26.\nAnswer: 26',
      equation: '<<16-3=13>><<13*2=26>>',
    });
  });

  test('marks that do not lead to the gold are left out, a bare gold has no rationale', () => {
    expect(imported(GSM8K, { question: 'Q', answer: '<<1+1=2>>2\n#### 3' })).not.toHaveProperty(
      'equation',
    );
    expect(imported(GSM8K, { question: 'Q', answer: '#### 1,234' })).toEqual({
      id: questionId('Q'),
      question: 'Q',
      answer: '1,234',
    });
  });

  test.each([
    [{ question: 'Q', answer: 'no mark' }, 'answer', 'has no final answer behind ####'],
    [{ question: 'Q', answer: 'x\n#### many' }, 'answer', 'is not one number: "many"'],
    [{ question: 'Q', answer: 'x\n####' }, 'answer', 'is empty'],
    [{ answer: '#### 1' }, 'question', 'is missing'],
    [{ question: '  ', answer: '#### 1' }, 'question', 'is empty'],
    [{ question: ['Q'], answer: '#### 1' }, 'question', 'is a list, not text'],
    [{ question: 'Q \ud800', answer: '#### 1' }, 'question', 'holds half of a surrogate pair'],
    ['text', null, 'is not a JSON object'],
    [null, null, 'is not a JSON object'],
    [[], null, 'is not a JSON object'],
  ])('%j is refused by its field', (value, field, reason) => {
    expect(refused(GSM8K, value)).toEqual({ field, reason });
  });
});

describe('SVAMP', () => {
  const row = { ID: 'chal-1', Question: 'How many?', Equation: '( 8.0 - 3.0 )', Answer: 5.0 };

  test('body and question become one text with a stop between', () => {
    expect(imported(SVAMP, { ...row, Body: 'Ann has 8 apples and eats 3', Type: 'Sub' })).toEqual({
      id: 'chal-1',
      question: 'Ann has 8 apples and eats 3. How many?',
      answer: '5',
      equation: '( 8.0 - 3.0 )',
      tags: ['Sub'],
    });
    expect(imported(SVAMP, { ...row, Body: 'She has 8. ' }).question).toBe('She has 8. How many?');
  });

  test('an equation that does not give the answer is left out and noted', () => {
    const result = importRow(SVAMP, { ...row, Body: 'B.', Answer: 6 }, { line: 3 });
    expect(result).toMatchObject({
      question: { answer: '6' },
      notes: [{ line: 3, field: 'Equation', note: sentence`does not give the answer: left out` }],
    });
    expect(result).not.toHaveProperty('question.equation');
  });

  test.each([
    [{ ...row }, 'Body'],
    [{ ...row, Body: 'B', Answer: 'five' }, 'Answer'],
    [{ ...row, Body: 'B', Answer: 1e21 }, 'Answer'],
    [{ ...row, Body: 'B', ID: { a: 1 } }, 'ID'],
  ])('%j is refused', (value, field) => {
    expect(refused(SVAMP, value).field).toBe(field);
  });
});

describe('MultiArith', () => {
  const row = { iIndex: 7, sQuestion: ' How many? ', lEquations: ['X=(2.0+3.0)'], lSolutions: [5] };

  test('the one equation and the one answer', () => {
    expect(guessFormat([row])?.format).toEqual({ kind: 'multiarith' });
    expect(imported({ kind: 'multiarith' }, row)).toEqual({
      id: 'multiarith-7',
      question: 'How many?',
      answer: '5',
      equation: '(2.0+3.0)',
    });
    const { iIndex: _, ...without } = row;
    expect(imported({ kind: 'multiarith' }, without).id).toBe(questionId('How many?'));
  });

  test.each([
    [{ ...row, lSolutions: [1, 2] }, 'lSolutions', 'holds 2 answers where one is needed'],
    [{ ...row, lSolutions: undefined }, 'lSolutions', 'is missing'],
    [{ ...row, sQuestion: '' }, 'sQuestion', 'is empty'],
  ])('%j is refused', (value, field, reason) => {
    expect(refused({ kind: 'multiarith' }, value)).toEqual({ field, reason });
  });
});

describe('MAWPS and ASDiv-A', () => {
  const row = {
    Question: 'A bag has number1 or number0 nuts . How many ?',
    Numbers: '3.0 4.50 2.0',
    Equation: '- * number0 number2 + 1.0 number1',
    Answer: '0.5',
  };

  test('numbers go back into the text and into an infix equation', () => {
    expect(guessFormat([{ ...row, Body: 'B' }])?.format).toEqual({ kind: 'mawps' });
    const question = 'A bag has 4.50 or 3 nuts . How many ?';
    expect(imported({ kind: 'mawps' }, row)).toEqual({
      id: questionId(question),
      question,
      answer: '0.5',
      equation: '(3 * 2) - (1.0 + 4.50)',
    });
    expect(imported({ kind: 'mawps' }, { ...row, Answer: '504.0' }).answer).toBe('504');
  });

  test.each(['', '+ 1', '+ 1 2 3', 'x', '+ '.repeat(5000)])('%j is no equation', (Equation) => {
    expect(imported({ kind: 'mawps' }, { ...row, Equation })).not.toHaveProperty('equation');
  });

  test('a number that the row does not hold is named', () => {
    expect(refused({ kind: 'mawps' }, { ...row, Numbers: '1' })).toEqual({
      field: 'Question',
      reason: 'speaks of number1, which Numbers does not hold',
    });
  });
});

test('the rationale of a choice ends with its letter in brackets', () => {
  const row = { q: 'Cold?', a: 'ice', c: ['fire', 'ice'], why: 'It is frozen.' };
  const mapping = { question: 'q', answer: 'a', choices: 'c', rationale: 'why' };
  expect(importRow({ kind: 'mapped', mapping }, row, { line: 1 })).toEqual({
    question: {
      id: questionId('Cold?\nfire\nice'),
      question: 'Cold?',
      answer: 'b',
      kind: 'choice',
      choices: ['fire', 'ice'],
      rationale: 'It is frozen.\nAnswer: (b)',
    },
    notes: [],
  });
});

describe('own data', () => {
  test('dotted paths lead into objects and lists, own members only', () => {
    const value = { 'a.b': 1, a: { b: 2, c: [{ d: 'x' }] }, q: null };
    expect(valueAt(value, 'a.b')).toBe(1);
    expect(valueAt(value, 'a.c.0.d')).toBe('x');
    for (const path of ['a.x.y', 'q.z', 'toString', '__proto__', 'a.constructor.name', '']) {
      expect(valueAt(value, path)).toBeUndefined();
    }
  });

  test('an equation of a choice or of yes and no is kept where it proves the gold', () => {
    const read = (row: object): unknown => {
      const mapping = { question: 'q', answer: 'a' };
      return importRow({ kind: 'mapped', mapping }, { q: 'How many?', ...row }, { line: 1 });
    };
    const choice = { a: 'B', kind: 'choice', choices: ['7', '8'], equation: '5 + 3' };
    expect(read(choice)).toMatchObject({ question: { answer: 'b', equation: '5 + 3' }, notes: [] });
    const wrong = read({ ...choice, a: 'A' });
    expect(wrong).not.toHaveProperty('question.equation');
    expect(wrong).toMatchObject({ notes: [{ field: 'equation' }] });
    const yes = { a: 'true', kind: 'yes-no', equation: '5 + 3 > 7' };
    expect(read(yes)).toMatchObject({ question: { answer: 'yes', equation: '5 + 3 > 7' } });
    expect(read({ ...yes, equation: '5 + 3' })).not.toHaveProperty('question.equation');
  });

  test('every mapped field is read', () => {
    const format: DataFormat = {
      kind: 'mapped',
      mapping: { id: 'm.id', question: 'm.q', answer: 'a', rationale: 'why', equation: 'eq' },
    };
    expect(
      imported(format, { m: { id: 12, q: ' Q? ' }, a: 0.5, why: 'half\r\n\r\nof 1', eq: '1 / 2' }),
    ).toEqual({
      id: '12',
      question: 'Q?',
      answer: '0.5',
      rationale: 'half\nof 1\nAnswer: 0.5',
      equation: '1 / 2',
    });
    expect(imported(format, { m: { q: 'Q' }, a: '1', why: 'x\nAnswer: 1' }).rationale).toBe(
      'x\nAnswer: 1',
    );
    expect(refused(format, { m: { q: 'Q' }, a: '1', why: 3 }).field).toBe('why');
  });

  test('formats are told by the first rows', () => {
    const format = (row: unknown): DataFormat | undefined => guessFormat([row])?.format;
    expect(format({ question: 'Q', answer: 'x\n#### 1' })).toEqual(GSM8K);
    expect(format({ Body: 'B', Question: 'Q', Answer: 1 })).toEqual(SVAMP);
    expect(format({ question: 'Q', answer: '1' })?.kind).toBe('mapped');
    expect(guessFormat([[1]])).toBeNull();
    expect(guessFormat([])).toBeNull();
  });

  test('only published sets and the own form are no guess', () => {
    const certain = (...rows: unknown[]): boolean | undefined => guessFormat(rows)?.certain;
    expect(certain({ question: 'Q', answer: 'x\n#### 1' })).toBe(true);
    expect(certain({ id: 'a', question: 'Q', answer: '1', tags: ['x'] })).toBe(true);
    expect(certain({ question: 'Q', answer: 'b', kind: 'choice', choices: ['x', 'y'] })).toBe(true);
    expect(certain({ question: 'Q', answer: '1' }, { question: 'R', answer: 'one' })).toBe(true);
    // A text where the own form would have a number, and a field that it does not have.
    expect(certain({ question: 'Q', answer: 'Paris' })).toBe(false);
    expect(certain({ question: 'Q', answer: '1', level: 2 })).toBe(false);
    expect(certain({ problem: 'Q', result: '1' })).toBe(false);
  });
});

describe('fault: duplicate, missing, numeric, huge, `__proto__`, `../x` ids', () => {
  const id = (value: unknown): string => imported(OWN, { id: value, q: 'Q', a: 1 }).id;

  test('each has one rule', () => {
    expect(id('a-1')).toBe('a-1');
    expect(id('__proto__')).toBe('__proto__');
    expect(id('../x')).toBe('../x');
    expect(id(12)).toBe('12');
    expect(id(1.5)).toBe('1.5');
    for (const missing of [undefined, null, '', '   ']) expect(id(missing)).toBe(questionId('Q'));
    expect(id(2 ** 60)).toBe(questionId('Q'));
    expect(id('x'.repeat(200))).toBe('x'.repeat(200));
    expect(id('x'.repeat(201))).toMatch(/^h-[0-9a-f]{32}$/u);
    expect(id('x'.repeat(201))).not.toBe(id('x'.repeat(202)));
    for (const wrong of [true, {}, [1]]) {
      expect(refused(OWN, { id: wrong, q: 'Q', a: 1 }).field).toBe('id');
    }
  });

  test('what was replaced is shown', () => {
    const { notes } = importRows(OWN, [
      { id: 'x'.repeat(300), q: 'A', a: 1 },
      { id: 2 ** 60, q: 'B', a: 1 },
      { id: 3, q: 'C', a: 1 },
    ]);
    expect(notes.map(({ line, field }) => [line, field])).toEqual([
      [1, 'id'],
      [2, 'id'],
    ]);
  });

  test('of two equal ids or texts the first wins, and a disagreement about the gold is shown', () => {
    const result = importRows(OWN, [
      { id: '__proto__', q: 'A', a: 1 },
      { id: '__proto__', q: 'B', a: 1 },
      { id: 'c', q: ' a ', a: 2 },
      { id: 'toString', q: 'C', a: 3 },
    ]);
    expect(result.questions.map((question) => question.id)).toEqual(['__proto__', 'toString']);
    expect(result.duplicates).toEqual([
      { line: 2, id: '__proto__', same: 'id', firstLine: 1, sameAnswer: true },
      { line: 3, id: 'c', same: 'text', firstLine: 1, sameAnswer: false },
    ]);
  });

  test('any rows: counts add up, kept questions are valid with ids of their own', () => {
    const hostile = fc.oneof(
      fc.constantFrom('__proto__', '../x', 'constructor', '', ' ', 'q-0', '\u202e', 'a/b', 'CON'),
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.double(),
      fc.jsonValue(),
    );
    const row = fc.oneof(
      fc.record(
        { id: hostile, q: fc.oneof(fc.constantFrom('A', 'B', 'c'), hostile), a: hostile },
        { requiredKeys: [] },
      ),
      fc.record({ id: hostile, q: fc.string({ minLength: 1 }), a: fc.integer() }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        const result = importRows(OWN, rows);
        const { counts, questions } = result;
        expect(counts.read).toBe(rows.length);
        expect(counts.kept + counts.bad + counts.duplicates).toBe(counts.read);
        expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
        for (const question of questions) {
          expect(questionSchema.safeParse(question).success).toBe(true);
          expect(goldValue(question.answer)).not.toBeNull();
        }
        expect(importRows(OWN, rows)).toEqual(result);
      }),
    );
  });
});

test('a bad row reads as a sentence', () => {
  const says = (field: string | null, reason: string) =>
    String(describeBadRow('a.jsonl', { line: 3, field, reason }));
  expect(says('answer', 'is missing')).toBe('Line 3 of a.jsonl: answer is missing.');
  expect(says(null, 'is not valid JSON')).toBe('Line 3 of a.jsonl: it is not valid JSON.');
});

test('reads an equation and a rationale by their own names where a mapping does not speak of them', () => {
  const mapping = { question: 'q', answer: 'a' };
  const row = { q: 'Ann has 3 bags of 4. How many?', a: 12, equation: '3 * 4', rationale: '3 * 4' };
  const read = importRow({ kind: 'mapped', mapping }, row, { line: 1 });
  expect(read).toMatchObject({ question: { equation: '3 * 4', rationale: '3 * 4\nAnswer: 12' } });
  // What the mapping uses for something else is that.
  const other = { kind: 'mapped' as const, mapping: { question: 'q', answer: 'equation' } };
  const { equation: _none, ...rest } = row;
  expect(importRow(other, { ...rest, equation: '12' }, { line: 1 })).not.toHaveProperty(
    'question.equation',
  );
});
