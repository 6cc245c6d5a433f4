import type { Rational } from '../../grading/rational.ts';
import {
  add,
  compare,
  divide,
  equal,
  isWhole,
  multiply,
  show,
  subtract,
  ZERO,
} from './rational.ts';

export type Operator = '+' | '-' | '*' | '/';

export interface NumberLeaf {
  readonly kind: 'number';
  readonly value: Rational;
  /** How a step shows it; a result that a student rounded keeps the student's spelling. */
  readonly text: string;
}

export interface Operation {
  readonly kind: 'operation';
  readonly op: Operator;
  readonly left: Tree;
  readonly right: Tree;
  readonly value: Rational;
}

/** An equation's left side. A subtree may be shared (a chain uses one result twice): it is still one step. */
export type Tree = NumberLeaf | Operation;

/** One line of working: `left op right = result`, in the order in which a person would write them. */
export interface Step {
  readonly node: Operation;
  readonly op: Operator;
  readonly left: Rational;
  readonly right: Rational;
  readonly result: Rational;
  readonly leftText: string;
  readonly rightText: string;
  readonly resultText: string;
}

export function leaf(value: Rational, text = show(value)): NumberLeaf {
  return { kind: 'number', value, text };
}

export function evaluate(op: Operator, a: Rational, b: Rational): Rational {
  switch (op) {
    case '+':
      return add(a, b);
    case '-':
      return subtract(a, b);
    case '*':
      return multiply(a, b);
    case '/':
      return divide(a, b);
  }
}

/** Throws RangeError for a division by zero. */
export function operation(op: Operator, left: Tree, right: Tree): Operation {
  return { kind: 'operation', op, left, right, value: evaluate(op, left.value, right.value) };
}

/** The steps of a tree, children first, each operation once. */
export function stepsOf(tree: Tree): Step[] {
  const steps: Step[] = [];
  const seen = new Set<Tree>();
  const textOf = (node: Tree): string => (node.kind === 'number' ? node.text : show(node.value));
  const visit = (node: Tree): void => {
    if (node.kind === 'number' || seen.has(node)) return;
    seen.add(node);
    visit(node.left);
    visit(node.right);
    steps.push({
      node,
      op: node.op,
      left: node.left.value,
      right: node.right.value,
      result: node.value,
      leftText: textOf(node.left),
      rightText: textOf(node.right),
      resultText: show(node.value),
    });
  };
  visit(tree);
  return steps;
}

export function leavesOf(tree: Tree): NumberLeaf[] {
  return tree.kind === 'number' ? [tree] : [...leavesOf(tree.left), ...leavesOf(tree.right)];
}

interface Part {
  /** False: subtracted (in a sum) or divided by (in a product). */
  readonly direct: boolean;
  readonly tree: Tree;
}

const isSum = (tree: Tree): tree is Operation =>
  tree.kind === 'operation' && (tree.op === '+' || tree.op === '-');
const isProduct = (tree: Tree): tree is Operation =>
  tree.kind === 'operation' && (tree.op === '*' || tree.op === '/');

function partsOf(tree: Tree, same: (tree: Tree) => tree is Operation, direct: boolean): Part[] {
  if (!same(tree)) return [{ direct, tree }];
  const turns = tree.op === '-' || tree.op === '/';
  return [
    ...partsOf(tree.left, same, direct),
    ...partsOf(tree.right, same, turns ? !direct : direct),
  ];
}

/** Adds terms in the given order as far as the running sum stays ≥ 0; a term that would break it waits. */
export function orderedSum(parts: readonly Part[]): Tree {
  const waiting = [...parts];
  const first = Math.max(
    0,
    waiting.findIndex((part) => part.direct),
  );
  const [start] = waiting.splice(first, 1);
  if (start === undefined) return leaf(ZERO);
  let total: Tree = start.direct ? start.tree : operation('-', leaf(ZERO), start.tree);
  while (waiting.length > 0) {
    const sum: Tree = total;
    const fits = waiting.findIndex(
      (part) => part.direct || compare(sum.value, part.tree.value) >= 0,
    );
    const [next] = waiting.splice(Math.max(0, fits), 1);
    if (next) total = operation(next.direct ? '+' : '-', total, next.tree);
  }
  return total;
}

/** Multiplies first and divides last, so that a quotient on the way does not have to be rounded. */
export function orderedProduct(parts: readonly Part[]): Tree {
  const up = parts.filter((part) => part.direct);
  const down = parts.filter((part) => !part.direct);
  let product: Tree = up[0]?.tree ?? leaf({ n: 1n, d: 1n });
  for (const part of up.slice(1)) product = operation('*', product, part.tree);
  for (const part of down) product = operation('/', product, part.tree);
  return product;
}

function anyBelow(
  tree: Operation,
  same: (tree: Tree) => tree is Operation,
  bad: (v: Rational) => boolean,
): boolean {
  return [tree.left, tree.right].some(
    (child) => same(child) && (bad(child.value) || anyBelow(child, same, bad)),
  );
}

/**
 * The tree as a small model should see it: no negative running sum where another order avoids it
 * (`(4-8)+5` → `(4+5)-8`), and division last where a quotient on the way is not whole (`60*(55/15)` → `60*55/15`).
 * Orders that need no repair stay as the equation has them: they follow the story.
 */
export function rewrite(tree: Tree): Tree {
  if (tree.kind === 'number') return tree;
  const left = rewrite(tree.left);
  const right = rewrite(tree.right);
  const kept = left === tree.left && right === tree.right ? tree : operation(tree.op, left, right);
  if (isSum(kept) && anyBelow(kept, isSum, (value) => compare(value, ZERO) < 0)) {
    return orderedSum(partsOf(kept, isSum, true));
  }
  if (isProduct(kept) && anyBelow(kept, isProduct, (value) => !isWhole(value))) {
    return orderedProduct(partsOf(kept, isProduct, true));
  }
  return kept;
}

/** True where both trees are the same operation over the same values in the same order. */
export function sameStep(a: Step, b: Step): boolean {
  return a.op === b.op && equal(a.left, b.left) && equal(a.right, b.right);
}
