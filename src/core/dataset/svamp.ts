import type { Question } from './question.ts';
import { equationOf } from './equation.ts';
import { goldOf, idOf, textOf, type RowNote, type RowPlace } from './row.ts';

/** A row of SVAMP as published: `Body` and `Question` in two fields, `Equation` in infix, `Answer` as a float. */
export function fromSvamp(
  row: Readonly<Record<string, unknown>>,
  at: RowPlace,
): { question: Question; notes: RowNote[] } {
  const body = textOf(row['Body'], 'Body');
  const question = `${body}${/[.!?]$/u.test(body) ? '' : '.'} ${textOf(row['Question'], 'Question')}`;
  const gold = goldOf(row['Answer'], 'Answer');
  const { id, note } = idOf(row['ID'], 'ID', question);
  const notes: RowNote[] = note === null ? [] : [{ line: at.line, field: 'ID', note }];
  const given = row['Equation'];
  const written = typeof given === 'string' ? given : undefined;
  const equation = equationOf(written, gold, 'Equation', at, notes);
  const type = row['Type'];
  return {
    question: {
      id,
      question,
      answer: gold,
      ...(equation === undefined ? {} : { equation }),
      ...(typeof type === 'string' && type.trim() !== '' ? { tags: [type.trim()] } : {}),
    },
    notes,
  };
}
