import { numberAt, numbersIn, type NumberToken } from './numbers.ts';

/** What stands behind a marker: the number read as the answer, if any, and whether a "not" was stepped over. */
export interface Reading {
  readonly token: NumberToken | null;
  readonly negated: boolean;
}

const SKIPPED_AFTER = ' )]}*_$€£¥¢°²³';
const SKIPPED_BEFORE = ' ([{*_$€£¥';
const EQUALS = /(?:=|≈|→|\\approx(?![A-Za-z]))>?/uy;
const SYMBOL = /(?:\\times|\\div|\\cdot|[-+/×÷·]|\*(?!\*)|[xX](?=[ ($]{0,3}[0-9.]))/uy;
const WORD_OPERATOR = /(?:times|plus|minus|of|divided by)(?![A-Za-z])/uy;
/** Directly between two digits these make one thing of them that is not one number: 3:30, 1,2, 1.2.3, 2^3. */
const JOINED = /[:,.^/](?=[0-9])/uy;
const WORD = /[A-Za-z][A-Za-z']{0,30}\.?/uy;
const NEGATION = /(?:^|[^A-Za-z])(?:not|n't|isn't|wasn't)(?: equal to)? {1,3}$/i;

const UNIT_WORDS = 4;

function matchAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

function skip(text: string, at: number, end: number, skipped: string): number {
  let next = at;
  while (next < end && skipped.includes(text.charAt(next))) {
    // A lone * multiplies; ** is markup.
    if (text[next] === '*' && text[next + 1] !== '*' && text[next - 1] !== '*') break;
    next += 1;
  }
  return next;
}

type Link = { readonly kind: 'equals' | 'symbol' | 'word'; readonly at: number };

/** The operator behind a number, stepping over a few unit words; `at` is where its right side may start. */
function linkAfter(text: string, from: number, end: number): Link | null {
  const joined = matchAt(JOINED, text, from);
  if (joined > 0) return { kind: 'symbol', at: from + joined };
  let at = from;
  for (let words = 0; words <= UNIT_WORDS; words += 1) {
    at = skip(text, at, end, SKIPPED_AFTER);
    if (at >= end) return null;
    const equals = matchAt(EQUALS, text, at);
    if (equals > 0) return { kind: 'equals', at: at + equals };
    const symbol = matchAt(SYMBOL, text, at);
    if (symbol > 0) return { kind: 'symbol', at: at + symbol };
    const operator = matchAt(WORD_OPERATOR, text, at);
    if (operator > 0) return { kind: 'word', at: at + operator };
    const word = matchAt(WORD, text, at);
    if (word === 0) return null;
    at += word;
  }
  return null;
}

/**
 * The value of the equation chain that starts with `first`: of `2 + 3 = 5` the last member that is a single number.
 * Null when no member is one (`12 - 4`, `5-10`, `1.2.3`): nothing was worked out.
 */
function chainValue(text: string, first: NumberToken, end: number): NumberToken | null {
  let value: NumberToken | null = null;
  let member: { token: NumberToken; single: boolean; words: boolean } = {
    token: first,
    single: true,
    words: true,
  };
  let equations = false;
  for (let at = first.end; ;) {
    const link = linkAfter(text, at, end);
    const next = link && numberAt(text, skip(text, link.at, end, SKIPPED_BEFORE));
    if (!link || !next || next.start >= end) break;
    at = next.end;
    if (link.kind === 'equals') {
      if (member.single) value = member.token;
      member = { token: next, single: true, words: true };
      equations = true;
    } else {
      member = {
        token: member.token,
        single: false,
        words: member.words && link.kind === 'word',
      };
    }
  }
  if (member.single) return member.token;
  // "18 of them" and "18 of 20" state 18; "20 of 100 = 0.2" states what follows the sign.
  return value ?? (member.words && !equations ? member.token : null);
}

/** Reads the answer in folded[start, end): the first number that is not negated, followed through its equations. */
export function readAnswer(folded: string, start: number, end: number): Reading {
  let negated = false;
  for (const token of numbersIn(folded, start, end)) {
    if (NEGATION.test(folded.slice(Math.max(start, token.start - 20), token.start))) {
      negated = true;
      continue;
    }
    const value = chainValue(folded, token, end);
    return { token: value?.value ? value : null, negated };
  }
  return { token: null, negated };
}
