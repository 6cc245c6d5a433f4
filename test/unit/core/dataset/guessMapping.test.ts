import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeGuess } from '../../../../src/core/dataset/describeGuess.ts';
import { guessMapping, lookAtMapping } from '../../../../src/core/dataset/guessMapping.ts';
import { importRow } from '../../../../src/core/dataset/importers.ts';
import { fieldMappingSchema, type FieldMapping } from '../../../../src/core/dataset/mapped.ts';
import { mapText, parseMapText } from '../../../../src/core/dataset/mapText.ts';

const guessed = (...rows: unknown[]): FieldMapping | undefined => guessMapping(rows)?.mapping;

describe('which field is which, by name and value', () => {
  test.each<[unknown, FieldMapping | undefined]>([
    [
      { id: 1, question: 'Q', answer: 1, rationale: 'r' },
      { id: 'id', question: 'question', answer: 'answer', rationale: 'rationale' },
    ],
    [
      { Problem: 'Q', Solution: 'r', Final_Answer: '3' },
      { question: 'Problem', answer: 'Final_Answer', rationale: 'Solution' },
    ],
    [
      { data: { question: 'Q' }, meta: { label: 4, equation: '2+2' } },
      { question: 'data.question', answer: 'meta.label', equation: 'meta.equation' },
    ],
    [
      { prompt: 'Q', finalAnswer: 'Paris' },
      { question: 'prompt', answer: 'finalAnswer', kind: 'exact' },
    ],
    [
      { question: 'Q', answer: true, facts: ['a', 'b'] },
      { question: 'question', answer: 'answer', kind: 'yes-no', rationale: 'facts' },
    ],
    [
      { question: 'Q', choices: ['x', 'y'], answer: 1 },
      { question: 'question', answer: 'answer', choices: 'choices' },
    ],
    [
      { question: 'Q', choices: { label: ['A', 'B'], text: ['x', 'y'] }, answerKey: 'B' },
      { question: 'question', answer: 'answerKey', choices: 'choices' },
    ],
    [
      { Question: 'Q', A: 'x', B: 'y', C: 'z', Answer: 'C' },
      { question: 'Question', answer: 'Answer', choices: ['A', 'B', 'C'] },
    ],
    [
      { question: 'Q', opa: 'x', opb: 'y', cop: 'y' },
      { question: 'question', answer: 'cop', choices: ['opa', 'opb'] },
    ],
    [
      { question: 'Q', options: ['1', '2'], answer: 17 },
      { question: 'question', answer: 'answer', kind: 'number' },
    ],
    [
      { question: 'Q', index: 0, answer: 2 },
      { question: 'question', answer: 'answer' },
    ],
    [{ question: 'Q' }, undefined],
    [{ question: 3, answer: 3 }, undefined],
    ['text', undefined],
    [null, undefined],
  ])('%j', (row, mapping) => {
    expect(guessed(row)).toEqual(mapping);
  });

  test('counting from 1 is told by the last number', () => {
    const row = (answer: number): unknown => ({ question: 'Q', choices: ['x', 'y', 'z'], answer });
    expect(guessed(row(1), row(3))).toMatchObject({ first: 1 });
    expect(guessed(row(0), row(2))).not.toHaveProperty('first');
    // Columns that are counted themselves say it.
    const named = { question: 'Q', choice1: 'x', choice2: 'y', label: '1' };
    const mapping = guessed(named) ?? { question: '', answer: '' };
    expect(importRow({ kind: 'mapped', mapping }, named, { line: 1 })).toMatchObject({
      question: { answer: 'a' },
    });
  });

  test('a few mistakes do not change the kind, and are counted', () => {
    const rows = Array.from({ length: 40 }, (_, n) => ({ q_id: n, problem: 'Q', result: n }));
    const guess = guessMapping([...rows, { problem: 'Q', result: 'unknown' }]);
    expect(guess?.kind).toBe('number');
    expect(guess?.seen).toMatchObject({ question: 41, answer: 40 });
    const half = guessMapping([...rows, ...rows.map(() => ({ problem: 'Q', result: 'x' }))]);
    expect(half?.kind).toBe('exact');
  });

  test('one wrong answer in a small file hides no choices, and no yes or no', () => {
    const answers = ['A', 'B', 'C', 'A', 'B', 'C', 'A', 'Z'];
    const columns = answers.map((answer) => ({ question: 'Q', A: 'p', B: 'q', C: 'r', answer }));
    const guess = guessMapping(columns);
    expect(guess).toMatchObject({ kind: 'choice', mapping: { choices: ['A', 'B', 'C'] } });
    expect(guess?.seen).toMatchObject({ answer: 7, choices: 8 });
    expect(guess).not.toHaveProperty('unused');
    const listed = ['a', 'b', 'a', 'none'].map((key) => ({
      q: 1,
      question: 'Q',
      options: ['x', 'y'],
      key,
      answer: key,
    }));
    expect(guessMapping(listed)?.mapping).toMatchObject({ choices: 'options' });
    const said = ['yes', 'no', 'yes', 'no', 'yes', 'perhaps', 'both'];
    expect(guessed(...said.map((answer) => ({ question: 'Q', answer })))?.kind).toBe('yes-no');
    // One of two is a coincidence.
    expect(guessed({ question: 'Q', answer: 'no' }, { question: 'Q', answer: 'red' })?.kind).toBe(
      'exact',
    );
  });

  test('choices that too few answers name are told with the mapping that would use them', () => {
    const rows = ['A', 'red', 'green', 'blue'].map((answer, n) => ({
      id: `q${n}`,
      ...{ question: 'Q', A: 'x', B: 'y', answer },
    }));
    const guess = guessMapping(rows);
    expect(guess?.kind).toBe('exact');
    expect(guess?.unused).toMatchObject({ named: 1, answers: 4 });
    const shown = guess === null ? '' : String(describeGuess(guess, rows));
    expect(shown).toContain('A+B can hold choices, and 1 of 4 answers name one');
    const map = /--map (\S+)/u.exec(shown)?.[1] ?? '';
    expect(parseMapText(map)).toEqual({
      ...{ id: 'id', question: 'question', answer: 'answer', choices: ['A', 'B'] },
    });
  });

  test('what is shown names fields, counts, kind and rows', () => {
    const rows = [
      { question: 'Cold?', A: 'ice', B: 'fire', answer: 'A' },
      { question: 'Hot?', A: 'ice', B: 'fire', answer: 'C' },
    ];
    const mapping: FieldMapping = { question: 'question', answer: 'answer', choices: ['A', 'B'] };
    const text = String(describeGuess(lookAtMapping(rows, mapping), rows));
    expect(text).toContain('answer = answer: in 1 of 2 rows');
    expect(text).toContain('choices = A+B: in 2 of 2 rows');
    expect(text).toContain('by letter');
    expect(text).toContain('Cold? (a) ice (b) fire → a');
    expect(text).not.toContain('Hot?');
  });

  const value = fc.oneof(
    fc.constantFrom('yes', 'no', 'A', 'b', '3', '1,234', '', '__proto__', true, null),
    fc.integer(),
    fc.string({ maxLength: 6 }),
    fc.array(fc.string({ maxLength: 4 }), { maxLength: 4 }),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const field = fc.constantFrom(
    ...['question', 'Problem', 'answer', 'label', 'choices', 'options', 'A', 'B', 'C', 'choice1'],
    ...['choice2', 'id', 'index', 'rationale', 'facts', 'equation', 'kind', '__proto__', 'a.b'],
  );
  const row = fc.oneof(fc.dictionary(field, value, { maxKeys: 8 }), fc.jsonValue({ maxDepth: 1 }));

  test('any rows: what is guessed is a mapping of their fields, and its counts are what import reads', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), (rows) => {
        const guess = guessMapping(rows);
        if (guess === null) return;
        expect(fieldMappingSchema.safeParse(guess.mapping).success).toBe(true);
        expect(guess.rows).toBe(rows.length);
        for (const seen of Object.values(guess.seen)) expect(seen).toBeLessThanOrEqual(guess.rows);
        const results = rows.map((one) =>
          importRow({ kind: 'mapped', mapping: guess.mapping }, one, { line: 1 }),
        );
        const read = results.filter((one) => 'question' in one).length;
        expect(read).toBeLessThanOrEqual(guess.seen.answer ?? 0);
        expect(guessMapping(rows)).toEqual(guess);
      }),
    );
  });

  test('the order of the rows changes nothing', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), (rows) => {
        const kinds = (all: readonly unknown[]): unknown => guessMapping(all)?.kind;
        expect(kinds([...rows].reverse())).toEqual(kinds(rows));
      }),
    );
  });
});

describe('a mapping as text', () => {
  test.each<[string, FieldMapping | null]>([
    ['question=q,answer=a.0.b', { question: 'q', answer: 'a.0.b' }],
    [
      'question=q, answer=a, choices=A+B, first=1',
      { question: 'q', answer: 'a', choices: ['A', 'B'], first: 1 },
    ],
    ['question=q,answer=a,kind=yes-no', { question: 'q', answer: 'a', kind: 'yes-no' }],
    ['{"question":"a=b","answer":"c,d"}', { question: 'a=b', answer: 'c,d' }],
    ['question=q', null],
    ['question=q,answer=a,kind=best', null],
    ['question=q,answer=a,other=b', null],
    ['{"question":', null],
    ['', null],
  ])('%s', (text, mapping) => {
    expect(parseMapText(text)).toEqual(mapping);
  });

  test('any mapping comes back', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    const mapping = fc.record(
      {
        question: name,
        answer: name,
        id: name,
        rationale: name,
        choices: fc.oneof(name, fc.array(name, { minLength: 2, maxLength: 5 })),
        kind: fc.constantFrom('number', 'choice', 'yes-no', 'exact', 'regex'),
        first: fc.constantFrom(0, 1),
      },
      { requiredKeys: ['question', 'answer'] },
    );
    fc.assert(
      fc.property(mapping, (one) => {
        const known = fieldMappingSchema.parse(one);
        expect(parseMapText(mapText(known))).toEqual(known);
      }),
    );
  });
});
