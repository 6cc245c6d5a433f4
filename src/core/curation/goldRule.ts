import { givesGold } from '../dataset/equation.ts';
import type { Question } from '../dataset/question.ts';

/** Settles a doubted gold without a person: see `equationGivesGold`. */
export const GOLD_RULE = 'equation-gives-gold';

/**
 * Whether a question's own equation, or its chain of calculator marks, works out to its gold. Then samples that agree
 * on another answer share a mistake (the very thing to train against), and the gold is not in doubt.
 */
export function equationGivesGold({ equation, ...gold }: Question): boolean {
  return equation !== undefined && givesGold(equation, gold);
}
