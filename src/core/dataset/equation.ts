import { readGold } from '../grading/gold.ts';
import { equalRational } from '../grading/rational.ts';
import { sentence } from '../sentence.ts';
import { isNumber, type GoldAnswer } from '../grading/gradeAnswer.ts';
import { readEnding } from '../teaching/programmatic/ending.ts';
import { parseChain, parseExpression } from '../teaching/programmatic/expression.ts';
import type { RowNote, RowPlace } from './row.ts';

/**
 * Whether an expression, or a chain of calculator marks, can be read and gives exactly the gold: the number, the one
 * choice that says the value, or, with a sign and a number behind it, yes or no.
 */
export function givesGold(equation: string, gold: string | GoldAnswer): boolean {
  if (typeof gold !== 'string') {
    if (isNumber(gold)) return givesGold(equation, gold.answer);
    return typeof readEnding(equation, gold) !== 'string';
  }
  const wanted = readGold(gold)?.readings ?? [];
  const tree = equation.includes('<<') ? parseChain(equation) : parseExpression(equation);
  return tree !== null && wanted.some((value) => equalRational(value, tree.value));
}

/** A row's equation where it gives the gold; where it does not, it is left out, and `notes` says so. */
export function equationOf(
  given: string | undefined,
  gold: string | GoldAnswer,
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
