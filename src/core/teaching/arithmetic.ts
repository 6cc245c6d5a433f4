/** One two-operand equation of a text, as written. `holds`: the difference is within 0.011 × max(1, |value|). */
export interface Equation {
  readonly text: string;
  /** Where it stands in the text that was searched. */
  readonly start: number;
  readonly end: number;
  readonly left: readonly [number, '+' | '-' | '*' | '/', number];
  readonly right: number;
  readonly holds: boolean;
}

type Operator = '+' | '-' | '*' | '/';
type Token =
  | { readonly kind: 'number'; readonly value: number; readonly percent: boolean }
  | { readonly kind: 'operator'; readonly operator: Operator }
  | { readonly kind: 'equals' }
  | { readonly kind: 'paren' }
  | { readonly kind: 'word' }
  | { readonly kind: 'break' };
interface Placed {
  readonly token: Token;
  readonly start: number;
  readonly end: number;
}

const OPERATORS: Record<string, Operator> = {
  '+': '+',
  '-': '-',
  '\u2212': '-',
  '\u2013': '-',
  '*': '*',
  '\u00D7': '*',
  '\u00B7': '*',
  x: '*',
  X: '*',
  '/': '/',
  '\u00F7': '/',
};

// Numbered groups, and white space behind a token taken with it: texts are read by the hundred thousand.
const lexer =
  /(((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)(\s*%)?|([\p{L}][\p{L}'’]*)|[^])[^\S\n]*/gu;

function lex(text: string): Placed[] {
  const placed: Placed[] = [];
  for (const match of text.matchAll(lexer)) {
    const [, body = '', number, percent, word] = match;
    const token = tokenOf(body, number, percent, word);
    if (token !== undefined) {
      placed.push({ token, start: match.index, end: match.index + body.length });
    }
  }
  return placed;
}

function tokenOf(
  body: string,
  number: string | undefined,
  percent: string | undefined,
  word: string | undefined,
): Token | undefined {
  if (number !== undefined) {
    return {
      kind: 'number',
      value: Number(number.replaceAll(',', '')),
      percent: percent !== undefined,
    };
  }
  const operator = body.length === 1 ? OPERATORS[body] : undefined;
  if (operator !== undefined) return { kind: 'operator', operator };
  if (word !== undefined) return { kind: 'word' };
  if (body === '=') return { kind: 'equals' };
  if ('()[]'.includes(body)) return { kind: 'paren' };
  if ('$€£'.includes(body) || (body !== '\n' && /^\s$/u.test(body))) return undefined;
  return { kind: 'break' };
}

/** Maximal stretches that read as `side = side = …`: a unit of up to two words may follow a number. */
function stretches(tokens: readonly Placed[]): Placed[][] {
  const found: Placed[][] = [];
  let run: Placed[] = [];
  let words = 0;
  const close = (): void => {
    if (run.some(({ token }) => token.kind === 'equals')) found.push(run);
    run = [];
    words = 0;
  };
  for (const placed of tokens) {
    const { kind } = placed.token;
    const last = run.at(-1)?.token.kind;
    if (kind === 'break') close();
    else if (kind === 'word') {
      words += 1;
      // A word after an operator is a variable: the side it stands in has no value.
      if (last === 'operator') run.push(placed);
      else if (last !== 'number' || words > 2) close();
    } else if (kind === 'number' && last === 'number') {
      close();
      run.push(placed);
    } else {
      words = 0;
      run.push(placed);
    }
  }
  close();
  return found;
}

function sidesOf(run: readonly Placed[]): Placed[][] {
  const sides: Placed[][] = [[]];
  for (const placed of run) {
    if (placed.token.kind === 'equals') sides.push([]);
    else sides.at(-1)?.push(placed);
  }
  return sides;
}

type Operand = { readonly value: number; readonly percent: boolean };

/** A side as operands and operators in turn, a leading minus included; null when it is anything else. */
function flat(
  side: readonly Placed[],
): { readonly operands: Operand[]; readonly operators: Operator[] } | null {
  const operands: Operand[] = [];
  const operators: Operator[] = [];
  let sign = 1;
  let wantsNumber = true;
  for (const { token } of side) {
    if (token.kind === 'number' && wantsNumber) {
      operands.push({ value: sign * token.value, percent: token.percent });
      sign = 1;
      wantsNumber = false;
    } else if (token.kind === 'operator' && wantsNumber && token.operator === '-' && sign === 1) {
      sign = -1;
    } else if (token.kind === 'operator' && !wantsNumber) {
      operators.push(token.operator);
      wantsNumber = true;
    } else return null;
  }
  return wantsNumber ? null : { operands, operators };
}

function apply(left: number, operator: Operator, right: number): number {
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  return left / right;
}

function close(a: number, b: number): boolean {
  return Number.isFinite(b) && Math.abs(a - b) <= 0.011 * Math.max(1, Math.abs(b));
}

/** A percentage may be meant as written or as its hundredth: either reading that fits is accepted. */
function readings({ value, percent }: Operand): number[] {
  return percent ? [value / 100, value] : [value];
}

/**
 * The two-operand equations of a text. Longer expressions, brackets and variables are not read at all; in a run-on
 * (`1 + 2 = 3 + 4 = 7`) the first number after the sign is what the left side is said to give.
 */
export function findEquations(text: string): Equation[] {
  const found: Equation[] = [];
  for (const run of stretches(lex(text))) {
    const sides = sidesOf(run);
    for (const [index, side] of sides.slice(0, -1).entries()) {
      const left = flat(side);
      const right = flat(sides[index + 1] ?? []);
      const [a, b] = left?.operands ?? [];
      const operator = left?.operators[0];
      const said = right?.operands[0];
      if (left?.operands.length !== 2 || !a || !b || !operator || !said) continue;
      const results = readings(a).flatMap((x) => readings(b).map((y) => apply(x, operator, y)));
      const stated = readings(said);
      if (right.operands.length === 2 && right.operators[0] && right.operands[1]) {
        stated.push(apply(said.value, right.operators[0], right.operands[1].value));
      }
      const start = side[0]?.start ?? 0;
      // A minus before the result belongs to it.
      const end = sides[index + 1]?.find(({ token }) => token.kind === 'number')?.end ?? start;
      found.push({
        text: text.slice(start, end),
        start,
        end,
        left: [a.value, operator, b.value],
        right: said.value,
        holds: results.some((result) => stated.some((value) => close(value, result))),
      });
    }
  }
  return found;
}

/** The equations of a text that are false (teacher.md §7); a hint about the text, never a localiser of errors. */
export function falseEquations(text: string): Equation[] {
  return findEquations(text).filter((equation) => !equation.holds);
}
