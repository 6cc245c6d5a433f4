import { describe, expect, test } from 'vitest';
import { choiceColumns } from '../../../../src/core/dataset/choiceColumns.ts';
import { choicesOf, choicesOfColumns } from '../../../../src/core/dataset/choices.ts';
import { goldOfKind } from '../../../../src/core/dataset/goldOfKind.ts';
import { importRow, type DataFormat } from '../../../../src/core/dataset/importers.ts';
import { questionId, type AnswerKind } from '../../../../src/core/dataset/question.ts';
import { RowError } from '../../../../src/core/dataset/row.ts';

const reasonOf = (read: () => unknown): string => {
  try {
    return `read as ${JSON.stringify(read())}`;
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    return String(error.reason);
  }
};

describe('choices, as sets are published', () => {
  test.each<[unknown, string[], string[] | null]>([
    [['x', 'y'], ['x', 'y'], null],
    [[1, true], ['1', 'true'], null],
    [
      [
        { label: 'A', text: 'x' },
        { label: 'B', text: 'y' },
      ],
      ['x', 'y'],
      ['A', 'B'],
    ],
    [{ label: ['1', '2'], text: ['x', 'y'] }, ['x', 'y'], ['1', '2']],
    [{ A: 'x', B: 'y' }, ['x', 'y'], ['A', 'B']],
    ['["x", "y"]', ['x', 'y'], null],
    ['{"A": "x", "B": "y"}', ['x', 'y'], ['A', 'B']],
    ['x | y', ['x', 'y'], null],
    ['x\ny', ['x', 'y'], null],
  ])('%j', (value, texts, labels) => {
    expect(choicesOf(value, 'c')).toEqual({ texts, labels });
  });

  test.each<[unknown, RegExp]>([
    [undefined, /is missing/u],
    [3, /no list/u],
    [['x'], /1 choices/u],
    [Array.from({ length: 27 }, (_, n) => `c${n}`), /27 choices/u],
    [['x', ''], /is empty/u],
    [['x', { no: 1 }], /is missing/u],
    ['[1', /not valid JSON/u],
    [{ first: 'x', second: 'y' }, /no list/u],
  ])('%j is refused', (value, reason) => {
    expect(reasonOf(() => choicesOf(value, 'c'))).toMatch(reason);
  });

  test('columns: those at the end that are empty are none', () => {
    expect(choicesOfColumns(['x', 'y', '', null], ['opa', 'opb', 'opc', 'opd'])).toEqual({
      texts: ['x', 'y'],
      labels: ['a', 'b'],
    });
    expect(reasonOf(() => choicesOfColumns(['x', '', 'z'], ['A', 'B', 'C']))).toMatch(/is empty/u);
  });

  test.each<[Record<string, string>, string, RegExp]>([
    [{ A: 'x', B: '', C: 'z' }, 'B', /^is empty$/u],
    [{ A: 'x' }, 'B+C', /^are empty; a question has 2 to 26 choices$/u],
    [{}, 'A+B+C', /^are empty; a question/u],
  ])('columns %j: the bad row names those that are empty', (cells, field, reason) => {
    const mapping = { question: 'q', answer: 'a', choices: ['A', 'B', 'C'] };
    const result = importRow(
      { kind: 'mapped', mapping },
      { q: 'Q', a: 'A', ...cells },
      { line: 1 },
    );
    expect('bad' in result ? result.bad.field : null).toBe(field);
    expect('bad' in result ? String(result.bad.reason) : '').toMatch(reason);
  });

  test.each<[string[], string[] | undefined]>([
    [
      ['Q', 'A', 'B', 'C', 'answer'],
      ['A', 'B', 'C'],
    ],
    [
      ['option_2', 'option_1', 'q'],
      ['option_1', 'option_2'],
    ],
    [
      ['Option A', 'Option B'],
      ['Option A', 'Option B'],
    ],
    [['A', 'C'], undefined],
    [['b', 'c'], undefined],
    [['1', '2'], undefined],
    [['year1', 'year2'], undefined],
    [['choices', 'options'], undefined],
  ])('the columns of %j', (paths, columns) => {
    expect(choiceColumns(paths)).toEqual(columns);
  });
});

describe('golds', () => {
  const plain = { texts: ['one', 'two', 'b'], labels: null };
  const labelled = { texts: ['ice', 'fire'], labels: ['1', '2'] };
  const twice = { texts: ['x', 'x', 'y'], labels: null };

  test.each<[AnswerKind, unknown, string, Parameters<typeof goldOfKind>[3]?]>([
    ['number', '1,234', '1,234'],
    ['yes-no', true, 'yes'],
    ['yes-no', ' No. ', 'no'],
    ['yes-no', 'FALSE', 'no'],
    ['exact', ' Paris ', 'Paris'],
    ['exact', 1e3, '1000'],
    ['exact', false, 'false'],
    ['regex', '^a+$', '^a+$'],
    ['choice', 'A', 'a', { choices: plain }],
    ['choice', '(c)', 'c', { choices: plain }],
    ['choice', 'a.', 'a', { choices: plain }],
    ['choice', 'Option A', 'a', { choices: plain }],
    ['choice', ' TWO', 'b', { choices: plain }],
    ['choice', 2, 'c', { choices: plain }],
    ['choice', 3, 'c', { choices: plain, first: 1 }],
    ['choice', '2', 'b', { choices: labelled }],
    ['choice', 'y', 'c', { choices: twice }],
    ['choice', 'A', 'a', { choices: twice }],
  ])('%s %j is %j', (kind, value, gold, options) => {
    expect(goldOfKind(kind, value, 'answer', options)).toBe(gold);
  });

  test.each<[AnswerKind, unknown, RegExp, Parameters<typeof goldOfKind>[3]?]>([
    ['number', 'many', /not one number/u],
    ['yes-no', 'maybe', /neither yes nor no/u],
    ['yes-no', 1, /neither yes nor no/u],
    ['exact', ['Paris'], /is a list/u],
    ['regex', '(', /no regular expression/u],
    ['choice', 'A', /there are none/u],
    ['choice', 'd', /none of the choices/u, { choices: plain }],
    ['choice', 3, /none of the choices/u, { choices: plain }],
    ['choice', 0, /none of the choices/u, { choices: plain, first: 1 }],
    // (b) by its place is "two"; by its text it is the third.
    ['choice', 'b', /can be two choices/u, { choices: plain }],
    ['choice', 'x', /two choices/u, { choices: { texts: ['x', 'x'], labels: null } }],
    ['choice', '', /is empty/u, { choices: plain }],
  ])('%s %j is refused', (kind, value, reason, options) => {
    expect(reasonOf(() => goldOfKind(kind, value, 'answer', options))).toMatch(reason);
  });
});

describe('published sets of other kinds', () => {
  const COMMONSENSE: DataFormat = { kind: 'commonsenseqa' };
  const STRATEGY: DataFormat = { kind: 'strategyqa' };
  const at = { line: 4 };
  const choices = [
    { label: 'A', text: 'sand' },
    { label: 'B', text: 'water' },
  ];
  const nested = {
    id: 'x1',
    answerKey: 'B',
    question: { stem: 'Where are fish?', question_concept: 'fish', choices },
  };

  test('CommonsenseQA, as published and as hubs hold it', () => {
    const question = {
      id: 'x1',
      question: 'Where are fish?',
      answer: 'b',
      kind: 'choice',
      choices: ['sand', 'water'],
      tags: ['fish'],
    };
    expect(importRow(COMMONSENSE, nested, at)).toEqual({ question, notes: [] });
    const flat = {
      id: 'x1',
      answerKey: 'B',
      question: 'Where are fish?',
      question_concept: 'fish',
      choices: { label: ['A', 'B'], text: ['sand', 'water'] },
    };
    expect(importRow(COMMONSENSE, flat, at)).toEqual({ question, notes: [] });
  });

  test.each([
    [{ ...nested, answerKey: '' }, 'answerKey'],
    [{ ...nested, answerKey: 'F' }, 'answerKey'],
    [{ ...nested, question: { stem: 'x' } }, 'question.choices'],
    [{ ...nested, question: { choices } }, 'question.stem'],
  ])('a row of CommonsenseQA with a fault is refused by its field: %j', (row, field) => {
    expect(importRow(COMMONSENSE, row, at)).toMatchObject({ bad: { line: 4, field } });
  });

  test('StrategyQA, as published and in the form of BIG-bench', () => {
    const scored = {
      input: 'Do pears sink?',
      target_scores: { Yes: 0, No: 1 },
      target: 'No. They are light.',
    };
    const question = {
      id: questionId('Do pears sink?'),
      question: 'Do pears sink?',
      answer: 'no',
      kind: 'yes-no',
      rationale: 'They are light.\nAnswer: no',
    };
    expect(importRow(STRATEGY, scored, at)).toEqual({ question, notes: [] });
    const published = {
      qid: 'q9',
      question: 'Do pears sink?',
      answer: false,
      facts: ['They are light.'],
    };
    expect(importRow(STRATEGY, published, at)).toEqual({
      question: { ...question, id: 'q9' },
      notes: [],
    });
  });

  test.each([
    [{ input: 'Q', target_scores: { Yes: 1, No: 1 }, target: '' }, 'target_scores'],
    [{ input: 'Q', target_scores: { Maybe: 1, No: 0 }, target: '' }, 'target_scores'],
    [{ input: 'Q', target_scores: { Yes: 1, No: 0 }, target: 'No. Never.' }, 'target'],
    [{ question: 'Q', answer: 'perhaps', facts: [] }, 'answer'],
  ])('a row of StrategyQA that contradicts itself is refused: %j', (row, field) => {
    expect(importRow(STRATEGY, row, at)).toMatchObject({ bad: { line: 4, field } });
  });
});
