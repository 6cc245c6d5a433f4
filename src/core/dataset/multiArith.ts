import type { Question } from './question.ts';
import { equationOf } from './equation.ts';
import { goldOf, idOf, RowError, textOf, type RowNote, type RowPlace } from './row.ts';
import { sentence } from '../sentence.ts';

/**
 * A row of MultiArith as published: `sQuestion`, one equation `X=(…)` in `lEquations` and its value in `lSolutions`.
 * `iIndex` is the row's own number, and the same in every copy of the set.
 */
export function fromMultiArith(
  row: Readonly<Record<string, unknown>>,
  at: RowPlace,
): { question: Question; notes: RowNote[] } {
  const question = textOf(row['sQuestion'], 'sQuestion');
  const answer = goldOf(onlyOf(row['lSolutions'], 'lSolutions'), 'lSolutions');
  const index = row['iIndex'];
  const own = typeof index === 'number' ? `multiarith-${index}` : index;
  const { id, note } = idOf(own, 'iIndex', question);
  const notes: RowNote[] = note === null ? [] : [{ line: at.line, field: 'iIndex', note }];
  const equations = row['lEquations'];
  const given: unknown = Array.isArray(equations) ? equations[0] : undefined;
  const written = typeof given === 'string' ? given.replace(/^\s*X\s*=/iu, '') : undefined;
  const equation = equationOf(written, answer, 'lEquations', at, notes);
  return {
    question: { id, question, answer, ...(equation === undefined ? {} : { equation }) },
    notes,
  };
}

/** Two solutions would make one gold of two numbers. */
function onlyOf(value: unknown, field: string): unknown {
  if (!Array.isArray(value)) return value;
  if (value.length !== 1)
    throw new RowError(field, sentence`holds ${value.length} answers where one is needed`);
  return value[0];
}
