/** Deeper values are refused: the reader of data files does so too, and recursive code further on would overflow. */
export const MAX_DEPTH = 100;

/** Why a text is not JSON at a place: an odd character, its early end, NaN or Infinity, nesting, a second value. */
export type FaultKind = 'character' | 'end' | 'constant' | 'depth' | 'second';

/** Thrown by the scanner and caught in this folder: where a text stops being JSON. */
export class JsonFault extends Error {
  readonly at: number;
  readonly why: FaultKind;

  constructor(at: number, why: FaultKind) {
    super(`${why} at ${at}`);
    this.at = at;
    this.why = why;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** The first place from `at` on that is no white space of JSON. */
export function skipSpace(text: string, at: number): number {
  let index = at;
  for (;;) {
    const code = text.charCodeAt(index);
    if (code !== 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return index;
    index += 1;
  }
}

/** The place after the string that begins at `at`. */
export function skipString(text: string, at: number): number {
  if (text.charCodeAt(at) !== QUOTE) throw unexpected(text, at);
  let index = at + 1;
  for (;;) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) return index + 1;
    if (code === BACKSLASH) index = skipEscape(text, index);
    else if (code >= 0x20) index += 1;
    else throw unexpected(text, index);
  }
}

function skipEscape(text: string, at: number): number {
  const code = text[at + 1];
  if (code === 'u') {
    for (let digit = at + 2; digit < at + 6; digit += 1) {
      if (!/[0-9a-fA-F]/u.test(text[digit] ?? '')) throw unexpected(text, digit);
    }
    return at + 6;
  }
  if (code === undefined || !'"\\/bfnrt'.includes(code)) throw unexpected(text, at + 1);
  return at + 2;
}

/** The place after the one JSON value that begins at `at`, white space before it aside; nothing recurses. */
export function skipValue(text: string, at: number, depth = 0): number {
  /** Closing brackets still to come. */
  const open: number[] = [];
  let index = skipSpace(text, at);
  for (;;) {
    const code = text.charCodeAt(index);
    if (code === OPEN_OBJECT || code === OPEN_LIST) {
      if (open.length + depth >= MAX_DEPTH) throw new JsonFault(index, 'depth');
      const close = code === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_LIST;
      const first = skipSpace(text, index + 1);
      if (text.charCodeAt(first) !== close) {
        open.push(close);
        index = close === CLOSE_OBJECT ? skipKey(text, first) : first;
        continue;
      }
      index = first + 1;
    } else {
      index = code === QUOTE ? skipString(text, index) : skipPlain(text, index);
    }
    // A value has ended: close what ends with it, or go on to the next member.
    for (;;) {
      const close = open.at(-1);
      if (close === undefined) return index;
      index = skipSpace(text, index);
      const next = text.charCodeAt(index);
      if (next === close) {
        open.pop();
        index += 1;
      } else if (next === COMMA) {
        index = skipSpace(text, index + 1);
        if (close === CLOSE_OBJECT) index = skipKey(text, index);
        break;
      } else throw unexpected(text, index);
    }
  }
}

/** From a member's key to the place where its value begins. */
export function skipKey(text: string, at: number): number {
  const colon = skipSpace(text, skipString(text, at));
  if (text.charCodeAt(colon) !== COLON) throw unexpected(text, colon);
  return skipSpace(text, colon + 1);
}

const CONSTANTS: readonly string[] = ['true', 'false', 'null'];

function skipPlain(text: string, at: number): number {
  const constant = CONSTANTS.find((word) => text.startsWith(word, at));
  if (constant !== undefined) return at + constant.length;
  if (/^-?(?:NaN|Infinity)/u.test(text.slice(at, at + 10))) throw new JsonFault(at, 'constant');
  return skipNumber(text, at);
}

function skipNumber(text: string, at: number): number {
  let index = text.charCodeAt(at) === MINUS ? at + 1 : at;
  index = text.charCodeAt(index) === ZERO ? index + 1 : skipDigits(text, index);
  if (text.charCodeAt(index) === DOT) index = skipDigits(text, index + 1);
  const exponent = text.charCodeAt(index) | 0x20;
  if (exponent === 0x65) {
    const sign = text[index + 1];
    index = skipDigits(text, index + (sign === '+' || sign === '-' ? 2 : 1));
  }
  return index;
}

function skipDigits(text: string, at: number): number {
  let index = at;
  while (isDigit(text.charCodeAt(index))) index += 1;
  if (index === at) throw unexpected(text, at);
  return index;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The fault of a place where something else was needed. */
export function unexpected(text: string, at: number): JsonFault {
  return new JsonFault(Math.min(at, text.length), at >= text.length ? 'end' : 'character');
}
