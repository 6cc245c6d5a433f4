import { AppError } from '../errors.ts';
import { sentence, type Text } from '../sentence.ts';

export type Operator = '+' | '-' | '*' | '/';

/** A number, a slot's name, or an operation on two expressions. */
export type Expression =
  | number
  | string
  | { readonly op: Operator; readonly left: Expression; readonly right: Expression };

/** One operation of a solution: left op right = result. */
export interface Step {
  readonly op: Operator;
  readonly left: number;
  readonly right: number;
  readonly result: number;
}

function wrong(text: string, why: Text): AppError {
  return new AppError('data.invalid', sentence`The expression “${text}” is wrong: ${why}.`);
}

/** Parses infix over whole numbers and slots; * and / bind tighter, equal operators group to the left. */
export function parseExpression(text: string): Expression {
  const tokens = text.match(/[a-z]+|\d+|\S/gu) ?? [];
  let at = 0;
  const atom = (): Expression => {
    const token = tokens[at];
    at += 1;
    if (token === '(') {
      const inner = sum();
      if (tokens[at] !== ')') throw wrong(text, sentence`a parenthesis is not closed`);
      at += 1;
      return inner;
    }
    if (token !== undefined && /^\d+$/u.test(token)) return Number(token);
    if (token !== undefined && /^[a-z]+$/u.test(token)) return token;
    throw wrong(text, sentence`a number or a slot is missing at token ${at}`);
  };
  const product = (): Expression => {
    let left = atom();
    for (let op = tokens[at]; op === '*' || op === '/'; op = tokens[at]) {
      at += 1;
      left = { op, left, right: atom() };
    }
    return left;
  };
  const sum = (): Expression => {
    let left = product();
    for (let op = tokens[at]; op === '+' || op === '-'; op = tokens[at]) {
      at += 1;
      left = { op, left, right: product() };
    }
    return left;
  };
  const tree = sum();
  if (at !== tokens.length) throw wrong(text, sentence`“${tokens[at] ?? ''}” is not expected`);
  return tree;
}

function calculate(op: Operator, left: number, right: number): number {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
  }
}

/** Value and operations in order (operands before their operation, left first); no step may be negative or broken. */
export function solve(
  tree: Expression,
  slots: ReadonlyMap<string, number> = new Map(),
): { readonly value: number; readonly steps: readonly Step[] } {
  const steps: Step[] = [];
  const walk = (node: Expression): number => {
    if (typeof node === 'number') return node;
    if (typeof node === 'string') {
      const value = slots.get(node);
      if (value === undefined)
        throw new AppError('data.invalid', sentence`The slot “${node}” has no value.`);
      return value;
    }
    const left = walk(node.left);
    const right = walk(node.right);
    const result = calculate(node.op, left, right);
    if (!Number.isSafeInteger(result) || result < 0) {
      const text = `${String(left)} ${node.op} ${String(right)}`;
      throw new AppError(
        'data.invalid',
        sentence`The step ${text} does not give a whole number ≥ 0.`,
      );
    }
    steps.push({ op: node.op, left, right, result });
    return result;
  };
  return { value: walk(tree), steps };
}
