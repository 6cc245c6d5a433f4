import type { KnownQuestion } from '../../../../../src/core/teaching/programmatic/knowledge.ts';
import { numbersOf } from '../../../../../src/core/teaching/programmatic/nounLabels.ts';
import {
  add,
  equal,
  rational,
  show,
} from '../../../../../src/core/teaching/programmatic/rational.ts';
import {
  evaluate,
  leavesOf,
  type Operator,
  type Step,
  type Tree,
} from '../../../../../src/core/teaching/programmatic/tree.ts';
import type { Rational } from '../../../../../src/core/grading/rational.ts';

/** An attempt made by damaging one gold step, and what the teacher should say about it. */
export interface Corruption {
  readonly kind: 'wrong_operation' | 'wrong_operand' | 'arithmetic' | 'extra_step' | 'missing_step';
  readonly step: number;
  readonly lines: readonly string[];
  readonly answer: Rational;
}

interface Change {
  readonly op?: Operator;
  readonly left?: Rational;
  readonly right?: Rational;
  readonly off?: bigint;
}

/** The attempt with one step changed; later steps go on with the changed result. Null when it divides by zero. */
function withChange(
  steps: readonly Step[],
  at: number,
  change: Change,
): Omit<Corruption, 'kind' | 'step'> | null {
  const values = new Map<Tree, Rational>();
  const valueOf = (node: Tree): Rational => values.get(node) ?? node.value;
  const lines: string[] = [];
  let answer = rational(0n);
  for (const [index, step] of steps.entries()) {
    const changed = index === at ? change : {};
    const left = changed.left ?? valueOf(step.node.left);
    const right = changed.right ?? valueOf(step.node.right);
    const op = changed.op ?? step.op;
    if (op === '/' && right.n === 0n) return null;
    answer = add(evaluate(op, left, right), rational(changed.off ?? 0n));
    values.set(step.node, answer);
    lines.push(`${show(left)} ${op} ${show(right)} = ${show(answer)}.`);
  }
  return { lines, answer };
}

const OPERATORS: readonly Operator[] = ['+', '-', '*', '/'];

/** Every single damage of a question's gold steps that makes its answer wrong. `pick` (≥ 0) chooses among many. */
export function corruptionsOf(known: KnownQuestion, pick: number): Corruption[] {
  const gold = known.tree.value;
  const numbers = numbersOf(known.question);
  const leaves = leavesOf(known.tree).map((one) => one.value);
  const found: Corruption[] = [];
  const put = (kind: Corruption['kind'], at: number, change: Change): void => {
    const made = withChange(known.steps, at, change);
    if (made && !equal(made.answer, gold)) found.push({ kind, step: at + 1, ...made });
  };
  known.steps.forEach((step, at) => {
    const others = OPERATORS.filter((op) => op !== step.op);
    put('wrong_operation', at, { op: others[pick % 3]! });
    put('arithmetic', at, { off: [1n, -1n, 2n, 10n][pick % 4]! });
    // A number that the solution uses elsewhere could be a right start by another order of the same terms.
    const used = at === known.steps.length - 1 ? [step.left, step.right] : leaves;
    const wrong = numbers.filter((n) => !used.some((other) => equal(n, other)));
    const taken = wrong[pick % Math.max(1, wrong.length)] ?? rational(BigInt(1009 + pick));
    put('wrong_operand', at, pick % 2 === 0 ? { right: taken } : { left: taken });
  });
  const whole = withChange(known.steps, -1, {});
  const extra = numbers[pick % Math.max(1, numbers.length)];
  if (whole && extra) {
    const answer = add(gold, extra);
    const line = `${show(gold)} + ${show(extra)} = ${show(answer)}.`;
    found.push({
      kind: 'extra_step',
      step: known.steps.length + 1,
      lines: [...whole.lines, line],
      answer,
    });
  }
  if (whole && known.steps.length > 1) {
    const last = known.steps.at(-2)!;
    const lines = whole.lines.slice(0, -1);
    if (!equal(last.result, gold)) {
      found.push({ kind: 'missing_step', step: lines.length + 1, lines, answer: last.result });
    }
  }
  return found;
}
