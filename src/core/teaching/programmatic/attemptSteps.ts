import type { Rational } from '../../grading/rational.ts';
import { parseExpression } from './expression.ts';
import { equal, parseDecimal, roundTo, shownDecimals } from './rational.ts';
import { evaluate, stepsOf, type Operator } from './tree.ts';

/** One operation that an attempt states. */
export interface Claim {
  readonly op: Operator;
  readonly left: Rational;
  readonly right: Rational;
  /** What it is said to give: null inside a longer expression, whose parts are not written out. */
  readonly said: { readonly value: Rational; readonly decimals: number } | null;
}

export interface AttemptStep {
  /** 1-based, as the steps are numbered for the teacher. */
  readonly number: number;
  readonly text: string;
  readonly claims: readonly Claim[];
  /** Whether every `=` of the text was read: only then is the step known to say nothing else. */
  readonly whole: boolean;
}

/** The value that a claim goes on with: as it was written, or exact where it was not. */
export function resultOf(claim: Claim): Rational | null {
  if (claim.said) return claim.said.value;
  return exactResult(claim);
}

export function exactResult(claim: Claim): Rational | null {
  if (claim.op === '/' && claim.right.n === 0n) return null;
  return evaluate(claim.op, claim.left, claim.right);
}

/** A claim is true when its result is exact, or exact rounded to the decimals that are shown. */
export function isTrue(claim: Claim): boolean {
  const exact = exactResult(claim);
  if (!exact) return false;
  if (!claim.said) return true;
  const { value, decimals } = claim.said;
  return equal(exact, value) || equal(roundTo(exact, decimals), value);
}

const lexer =
  /(?<number>[$€£]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)(?:\s?%)?)|(?<word>\p{L}[\p{L}'’-]*)|(?<sign>[-+*/−–×·÷])|(?<equals>=)|(?<open>[([])|(?<close>[)\]])|(?<space>[^\S\n]+|[$€£])|(?<other>[^])/gu;

type Kind = 'number' | 'word' | 'sign' | 'equals' | 'open' | 'close' | 'break';
interface Token {
  readonly kind: Kind;
  readonly text: string;
}

const WORD_SIGNS: Readonly<Record<string, string>> = { plus: '+', minus: '-', times: '*' };

function lex(text: string): Token[] {
  const tokens: Token[] = [];
  for (const { groups = {}, 0: all } of text.matchAll(lexer)) {
    if (groups['space'] !== undefined) continue;
    const kinds = ['number', 'word', 'sign', 'equals', 'open', 'close'] as const;
    const kind = kinds.find((name) => groups[name] !== undefined) ?? 'break';
    const sign = kind === 'word' ? WORD_SIGNS[all.toLowerCase()] : undefined;
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else if (kind === 'word' && all.toLowerCase() === 'equals')
      tokens.push({ kind: 'equals', text: '=' });
    else tokens.push({ kind, text: all });
  }
  return withoutRates(tokens).map((token, at) => {
    const isTimes = token.kind === 'word' && /^x$/iu.test(token.text);
    const between = isOperandEnd(tokens[at - 1]) && isOperandStart(tokens[at + 1]);
    return isTimes && between ? { kind: 'sign', text: '*' } : token;
  });
}

/** "$40/hour" and "4 per box / week": a stroke before a word belongs to the unit. */
function withoutRates(tokens: readonly Token[]): Token[] {
  return tokens.filter(
    (token, at) => !(token.text === '/' && tokens[at + 1]?.kind === 'word' && at > 0),
  );
}

const isOperandEnd = (token?: Token): boolean =>
  token?.kind === 'number' || token?.kind === 'close';
const isOperandStart = (token?: Token): boolean =>
  token?.kind === 'number' || token?.kind === 'open';

/** A letter by itself is a variable ("2x", "n + 3"), "a" aside. */
const isVariable = (token: Token): boolean =>
  token.kind === 'word' && token.text.length === 1 && !/^a$/iu.test(token.text);

const MAX_UNIT_WORDS = 3;

/**
 * The expressions of one side of an `=`, as text for the expression parser: words after a number are its unit,
 * anything that breaks an expression starts a new one. Null when the side holds a variable.
 */
function expressionsOf(side: readonly Token[]): string[] | null {
  const found: string[][] = [[]];
  let wordsInRow = 0;
  let last: Kind | null = null;
  const restart = (): void => {
    if ((found.at(-1)?.length ?? 0) > 0) found.push([]);
    last = null;
  };
  for (const token of side) {
    if (isVariable(token) || (token.kind === 'word' && last === 'sign')) return null;
    if (token.kind === 'word') {
      wordsInRow += 1;
      if (last === null || wordsInRow > MAX_UNIT_WORDS) restart();
      continue;
    }
    const startsOperand = token.kind === 'number' || token.kind === 'open';
    if (startsOperand && (last === 'number' || last === 'close')) restart();
    wordsInRow = 0;
    found.at(-1)?.push(token.kind === 'open' ? '(' : token.kind === 'close' ? ')' : token.text);
    last = token.kind;
  }
  return found.filter((parts) => parts.length > 0).map((parts) => parts.join(' '));
}

/** Signs that dangle at the front ("so - 5 + 3") do not belong to the expression. */
function leftExpression(side: readonly Token[]): string | null {
  return (
    expressionsOf(side)
      ?.at(-1)
      ?.replace(/^[+*/×·÷]\s*/u, '') ?? null
  );
}

function rightExpression(side: readonly Token[]): string | null {
  if (side[0]?.kind === 'word') return null;
  return expressionsOf(side)?.[0]?.replace(/\s*[-+*/−–×·÷]$/u, '') ?? null;
}

function saidOf(text: string): Claim['said'] {
  const bare = text.replace(/[$€£\s]/gu, '');
  const decimal = parseDecimal(bare.replace(/^[−–]/u, '-'));
  if (decimal) return { value: decimal, decimals: shownDecimals(bare) };
  const tree = parseExpression(text.replace(/[€£]/gu, ''));
  return tree ? { value: tree.value, decimals: 0 } : null;
}

function claimsOf(left: string, right: string): Claim[] {
  const tree = parseExpression(left.replace(/[€£]/gu, ''));
  const said = saidOf(right);
  if (!tree || !said) return [];
  const steps = stepsOf(tree);
  if (steps.length === 0) {
    const turned = parseExpression(right);
    return turned?.kind === 'operation' ? claimsOf(right, left) : [];
  }
  return steps.map((step, index) => ({
    op: step.op,
    left: step.left,
    right: step.right,
    said: index === steps.length - 1 ? said : null,
  }));
}

function readStep(text: string): { claims: Claim[]; whole: boolean } {
  const clean = text
    .slice(0, 2000)
    .normalize('NFKC')
    .replace(/<<[^<>]*>>/gu, '')
    .replace(/\([^()\d]*\)/gu, ' ');
  const claims: Claim[] = [];
  let equals = 0;
  let read = 0;
  const stretches: Token[][] = [[]];
  for (const token of lex(clean)) {
    if (token.kind === 'break') stretches.push([]);
    else stretches.at(-1)?.push(token);
  }
  for (const stretch of stretches) {
    const sides: Token[][] = [[]];
    for (const token of stretch) {
      if (token.kind === 'equals') sides.push([]);
      else sides.at(-1)?.push(token);
    }
    equals += sides.length - 1;
    for (const [index, side] of sides.slice(0, -1).entries()) {
      const left = leftExpression(side);
      const right = rightExpression(sides[index + 1] ?? []);
      const found = left === null || right === null ? [] : claimsOf(left, right);
      if (found.length > 0) read += 1;
      claims.push(...found);
    }
  }
  return { claims, whole: equals === read };
}

/** Reads the equations of an attempt's steps; `steps` are in order, without their numbers. */
export function readAttempt(steps: readonly string[]): AttemptStep[] {
  return steps.map((text, index) => ({ number: index + 1, text, ...readStep(text) }));
}
