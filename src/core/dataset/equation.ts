import { readGold } from '../grading/gold.ts';
import { equalRational } from '../grading/rational.ts';
import { parseChain, parseExpression } from '../teaching/programmatic/expression.ts';

/** Whether an expression, or a chain of calculator marks, can be read and gives exactly the gold. */
export function givesGold(equation: string, gold: string): boolean {
  const wanted = readGold(gold)?.readings ?? [];
  const tree = equation.includes('<<') ? parseChain(equation) : parseExpression(equation);
  return tree !== null && wanted.some((value) => equalRational(value, tree.value));
}
