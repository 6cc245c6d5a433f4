import type { Rational } from '../../grading/rational.ts';
import { numbersOf } from './nounLabels.ts';
import { divide, equal, parseDecimal, rational } from './rational.ts';
import { leaf, operation, type Operator, type Tree } from './tree.ts';

const MAX_LENGTH = 2000;
const MAX_TOKENS = 200;

type Token =
  | { readonly type: 'number'; readonly value: Rational }
  | { readonly type: 'operator'; readonly op: Operator }
  | { readonly type: 'open' }
  | { readonly type: 'close' };

const OPERATORS: Readonly<Record<string, Operator>> = {
  '+': '+',
  '-': '-',
  '−': '-',
  '–': '-',
  '*': '*',
  '×': '*',
  '·': '*',
  '/': '/',
  '÷': '/',
};

function tokenise(text: string): Token[] | null {
  const tokens: Token[] = [];
  const pattern =
    /\s*(?:(\$?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(%?)|([-+*/−–×·÷])|([([{])|([)\]}]))/uy;
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) return text.slice(at).trim() === '' ? tokens : null;
    at = pattern.lastIndex;
    if (match[2] !== undefined) {
      const value = parseDecimal(match[2]);
      if (!value) return null;
      const percent = match[3] === '%';
      tokens.push({ type: 'number', value: percent ? divide(value, rational(100n)) : value });
    } else if (match[4] !== undefined) {
      const op = OPERATORS[match[4]];
      if (!op) return null;
      tokens.push({ type: 'operator', op });
    } else tokens.push({ type: match[5] === undefined ? 'close' : 'open' });
    if (tokens.length > MAX_TOKENS) return null;
  }
  return tokens;
}

/** Recursive descent over tokens; throws SyntaxError inside, which the exported functions turn into null. */
class Reader {
  private at = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  infix(): Tree {
    const tree = this.sum();
    if (this.at !== this.tokens.length) throw new SyntaxError('text after the expression');
    return tree;
  }

  prefix(): Tree {
    const tree = this.polish();
    if (this.at !== this.tokens.length) throw new SyntaxError('text after the expression');
    return tree;
  }

  private operator(allowed: string): Operator | null {
    const token = this.tokens[this.at];
    if (token?.type !== 'operator' || !allowed.includes(token.op)) return null;
    this.at += 1;
    return token.op;
  }

  private sum(): Tree {
    let tree = this.product();
    for (let op = this.operator('+-'); op; op = this.operator('+-')) {
      tree = operation(op, tree, this.product());
    }
    return tree;
  }

  private product(): Tree {
    let tree = this.factor();
    for (let op = this.operator('*/'); op; op = this.operator('*/')) {
      tree = operation(op, tree, this.factor());
    }
    return tree;
  }

  private factor(): Tree {
    const token = this.tokens[this.at];
    this.at += 1;
    if (token?.type === 'number') return leaf(token.value);
    if (token?.type === 'open') {
      const inside = this.sum();
      const close = this.tokens[this.at];
      this.at += 1;
      if (close?.type !== 'close') throw new SyntaxError('missing bracket');
      return inside;
    }
    if (token?.type === 'operator' && token.op === '-') {
      const inside = this.factor();
      if (inside.kind === 'number') return leaf({ n: -inside.value.n, d: inside.value.d });
    }
    throw new SyntaxError('number expected');
  }

  private polish(): Tree {
    const token = this.tokens[this.at];
    this.at += 1;
    if (token?.type === 'number') return leaf(token.value);
    if (token?.type !== 'operator') throw new SyntaxError('operator expected');
    const left = this.polish();
    return operation(token.op, left, this.polish());
  }
}

function attempt(read: () => Tree): Tree | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * Reads an equation's expression: infix (`( ( 8.0 - 3.0 ) * 2.0 )`), `X=(…)`, or prefix (`- 8 * 2 3`).
 * Null when it is none of these, divides by zero or is absurdly long.
 */
export function parseExpression(text: string): Tree | null {
  if (text.length > MAX_LENGTH) return null;
  const tokens = tokenise(text.replace(/^\s*[A-Za-z]\s*=/u, ''));
  if (!tokens || tokens.length === 0) return null;
  return attempt(() => new Reader(tokens).infix()) ?? attempt(() => new Reader(tokens).prefix());
}

/**
 * Reads calculator marks (`<<48/2=24>><<48+24=72>>`) as one tree: a number that equals an earlier mark's result is
 * that result, unless that one is used up and the question says the number itself. Null when there are no marks, one
 * cannot be read, or one is false by more than rounding.
 */
export function parseChain(text: string, question = ''): Tree | null {
  const results: Tree[] = [];
  const used = new Set<Tree>();
  const said = numbersOf(question);
  const link = (tree: Tree): Tree => {
    if (tree.kind === 'operation') return operation(tree.op, link(tree.left), link(tree.right));
    const same = results.filter(
      (result) => result.kind === 'operation' && equal(result.value, tree.value),
    );
    const inText = said.some((value) => equal(value, tree.value));
    const found = same.findLast((result) => !used.has(result)) ?? (inText ? null : same.at(-1));
    if (found) used.add(found);
    return found ?? tree;
  };
  for (const mark of text.slice(0, 20_000).matchAll(/<<([^<>]*)>>/gu)) {
    const [left, right, ...more] = (mark[1] ?? '').split('=');
    const tree = left === undefined ? null : parseExpression(left);
    const claimed = right === undefined ? null : parseExpression(right);
    if (!tree || !claimed || more.length > 0) return null;
    if (!closeTo(tree.value, claimed.value)) return null;
    const linked = attempt(() => link(tree));
    if (!linked) return null;
    results.push(linked);
  }
  return results.at(-1) ?? null;
}

function closeTo(exact: Rational, shown: Rational): boolean {
  const a = Number(exact.n) / Number(exact.d);
  const b = Number(shown.n) / Number(shown.d);
  return Math.abs(a - b) <= 0.011 * Math.max(1, Math.abs(a));
}
