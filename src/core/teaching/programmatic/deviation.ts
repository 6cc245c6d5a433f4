import type { Rational } from '../../grading/rational.ts';
import type { ErrorKind } from '../records.ts';
import type { Claim } from './attemptSteps.ts';
import { openPairs, type Form } from './equivalents.ts';
import type { GoldProgress } from './goldProgress.ts';
import { equal, show } from './rational.ts';
import { evaluate, type Operation, type Operator, type Tree } from './tree.ts';

/** The kinds that a comparison with equations can prove; it never says `misread` or `knowledge`. */
export type ProvenKind = Exclude<ErrorKind, 'misread' | 'knowledge'>;

/** What an equation did instead of an open gold step. `why` is a clause for the reviewer, without the step's name. */
export interface Deviation {
  readonly kind: 'wrong_operation' | 'wrong_operand';
  readonly why: string;
}

/** Numbers of the question, for saying whether a wrong operand comes from it. */
export interface Seen {
  readonly inQuestion: readonly Rational[];
  /** Numbers of the question that its equation does not use. */
  readonly unused: readonly Rational[];
  readonly results: readonly Rational[];
}

interface Target {
  readonly op: Operator;
  readonly left: Rational;
  readonly right: Rational;
}

const COMMUTES: Readonly<Record<Operator, boolean>> = {
  '+': true,
  '-': false,
  '*': true,
  '/': false,
};

export const targetText = ({ op, left, right }: Target): string =>
  `${show(left)} ${op} ${show(right)} = ${show(evaluate(op, left, right))}`;

const includes = (values: readonly Rational[], value: Rational): boolean =>
  values.some((other) => equal(other, value));

function sourceOf(value: Rational, seen: Seen): string {
  if (includes(seen.unused, value))
    return ` The number ${show(value)} of the question does not matter here.`;
  if (includes(seen.inQuestion, value) || includes(seen.results, value)) return '';
  return ` The number ${show(value)} is neither in the question nor an earlier result.`;
}

function wrongOperation(claim: Claim, target: Target, same: Same): Deviation | null {
  const { left, right } = claim;
  const both = (same.left(left) && same.right(right)) || (same.left(right) && same.right(left));
  if (!both || claim.op === target.op) return null;
  return {
    kind: 'wrong_operation',
    why: `works out ${show(left)} ${claim.op} ${show(right)}, but these two numbers need another operation: ${targetText(target)}.`,
  };
}

/** Whether a stated number is the target's left or right operand. */
interface Same {
  left(value: Rational): boolean;
  right(value: Rational): boolean;
}

function wrongOperand(claim: Claim, target: Target, same: Same, seen: Seen): Deviation | null {
  if (claim.op !== target.op) return null;
  const ways: [Rational, Rational][] = [[claim.left, claim.right]];
  if (COMMUTES[claim.op]) ways.push([claim.right, claim.left]);
  if (!COMMUTES[claim.op] && same.left(claim.right) && same.right(claim.left)) {
    return {
      kind: 'wrong_operand',
      why: `has the two numbers the wrong way round: ${targetText(target)}.`,
    };
  }
  for (const [left, right] of ways) {
    const [leftFits, rightFits] = [same.left(left), same.right(right)];
    if (leftFits === rightFits) continue;
    const [taken, wanted] = leftFits ? [right, target.right] : [left, target.left];
    return {
      kind: 'wrong_operand',
      why: `uses ${show(taken)} where ${show(wanted)} is needed: ${targetText(target)}.${sourceOf(taken, seen)}`,
    };
  }
  return null;
}

function sameAs(target: Target): Same {
  return {
    left: (value) => equal(value, target.left),
    right: (value) => equal(value, target.right),
  };
}

function firstOf<T>(items: readonly T[], find: (item: T) => Deviation | null): Deviation | null {
  for (const item of items) {
    const found = find(item);
    if (found) return found;
  }
  return null;
}

function operandOf(node: Operation, progress: GoldProgress): Target & { same: Same } {
  const value = (side: Tree): Rational => progress.available(side)?.shown ?? side.value;
  return {
    op: node.op,
    left: value(node.left),
    right: value(node.right),
    same: {
      left: (stated) => progress.is(node.left, stated),
      right: (stated) => progress.is(node.right, stated),
    },
  };
}

/**
 * How a step that is not open departs from the steps that are, or null when none of the kinds fits. The gold tree's
 * own open steps come first, then its later ones and those of its re-bracketed form, so that the plainest reading
 * wins. `progress` and `plain` are null once the attempt's right steps belong to another tree or form.
 */
export function deviationOf(
  claim: Claim,
  progress: GoldProgress | null,
  plain: Form | null,
  seen: Seen,
): Deviation | null {
  const open = progress?.open().map((node) => operandOf(node, progress)) ?? [];
  const waiting = progress?.remaining().map((node) => operandOf(node, progress)) ?? [];
  const pairs = plain ? openPairs(plain) : [];
  return (
    firstOf(open, (target) => wrongOperation(claim, target, target.same)) ??
    firstOf(open, (target) => wrongOperand(claim, target, target.same, seen)) ??
    firstOf(pairs, (target) => wrongOperation(claim, target, sameAs(target))) ??
    firstOf(waiting, (target) => wrongOperand(claim, target, target.same, seen)) ??
    firstOf(pairs, (target) => wrongOperand(claim, target, sameAs(target), seen))
  );
}
