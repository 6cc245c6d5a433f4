import type { Rational } from '../../grading/rational.ts';
import { deviationOf, type Deviation, type Seen } from './deviation.ts';
import { formOf } from './equivalents.ts';
import { GoldProgress } from './goldProgress.ts';
import { equal, show } from './rational.ts';
import { evaluate, type Operator, type Tree } from './tree.ts';

const OPERATORS: readonly Operator[] = ['+', '-', '*', '/'];

/**
 * Explains an answer that comes with no equation by one operation over two numbers of the question. Null unless all
 * the operations that give it are the same kind of error: a coincidence must not be named.
 */
export function inferFromAnswer(
  gold: { readonly tree: Tree },
  answer: Rational,
  seen: Omit<Seen, 'results'>,
): Deviation | null {
  const progress = new GoldProgress(gold.tree);
  const found: Deviation[] = [];
  const numbers = seen.inQuestion.slice(0, 12);
  for (const left of numbers) {
    for (const right of numbers) {
      if (left === right) continue;
      for (const op of OPERATORS) {
        if (op === '/' && right.n === 0n) continue;
        if (!equal(evaluate(op, left, right), answer)) continue;
        const claim = { op, left, right, said: null };
        const deviation = deviationOf(claim, progress, formOf(gold.tree), { ...seen, results: [] });
        if (!deviation) return null;
        found.push({
          kind: deviation.kind,
          why: `The answer ${show(answer)} looks like ${show(left)} ${op} ${show(right)}, which ${deviation.why}`,
        });
      }
    }
  }
  const [first] = found;
  return first && found.every((one) => one.kind === first.kind) ? first : null;
}
