import { readGold } from '../grading/gold.ts';
import { equalRational } from '../grading/rational.ts';
import { sentence } from '../sentence.ts';
import { parseChain, parseExpression } from '../teaching/programmatic/expression.ts';
import type { RowNote, RowPlace } from './row.ts';

/** Whether an expression, or a chain of calculator marks, can be read and gives exactly the gold. */
export function givesGold(equation: string, gold: string): boolean {
  const wanted = readGold(gold)?.readings ?? [];
  const tree = equation.includes('<<') ? parseChain(equation) : parseExpression(equation);
  return tree !== null && wanted.some((value) => equalRational(value, tree.value));
}

/** A row's equation where it gives the gold; where it does not, it is left out, and `notes` says so. */
export function equationOf(
  given: string | undefined,
  gold: string,
  field: string,
  { line }: RowPlace,
  notes: RowNote[],
): string | undefined {
  const equation = given?.trim() ?? '';
  if (equation === '') return undefined;
  if (givesGold(equation, gold)) return equation;
  notes.push({ line, field, note: sentence`does not give the answer: left out` });
  return undefined;
}
