import type { Question } from '../dataset/question.ts';
import { equalRational } from '../grading/rational.ts';
import { readGold } from '../grading/gold.ts';
import { parseExpression } from '../teaching/programmatic/expression.ts';

/** Settles a doubted gold without a person: see `equationGivesGold`. */
export const GOLD_RULE = 'equation-gives-gold';

/**
 * Whether a question's own equation works out to its gold. Then samples that agree on another answer share a mistake
 * (the very thing to train against), and the gold is not in doubt.
 */
export function equationGivesGold({ equation, answer }: Question): boolean {
  if (equation === undefined) return false;
  const value = parseExpression(equation)?.value;
  const gold = readGold(answer)?.value;
  return value !== undefined && gold !== undefined && gold !== null && equalRational(value, gold);
}
