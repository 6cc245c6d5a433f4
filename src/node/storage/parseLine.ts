import { sentence, type Text } from '../../core/sentence.ts';
import { isUtf8 } from 'node:buffer';

/** Deeper values are refused before they are parsed: recursive code further on would overflow its stack. */
export const MAX_NESTING = 100;

export type ParsedLine =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: Text };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const bad = (reason: Text): ParsedLine => ({ ok: false, reason });

/**
 * Parses one line of JSON bytes strictly: fatal UTF-8, nesting cap, no number that JavaScript turns into infinity,
 * and no lone surrogate unless `loneSurrogates` says that our own journal wrote it. Of duplicate keys the last wins.
 */
export function parseLine(
  bytes: Buffer,
  options: { readonly loneSurrogates?: 'refuse' | 'keep' } = {},
): ParsedLine {
  if (isTooDeep(bytes)) return bad(sentence`is nested deeper than ${MAX_NESTING} levels`);
  if (!isUtf8(bytes))
    return bad(sentence`is not valid UTF-8 (byte ${firstBadByte(bytes)} of the line)`);
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return bad(sentence`is not valid JSON (${jsonReason(text, error)})`);
  }
  // Both checks walk the value, so they run only on the rare lines that could fail them.
  if (mayOverflow(bytes, text) && someLeaf(value, isInfinite)) {
    return bad(sentence`has a number that is too large`);
  }
  if (options.loneSurrogates !== 'keep' && /\\u[dD][89a-fA-F]/u.test(text)) {
    if (someLeaf(value, isIllFormed))
      return bad(sentence`has half of a surrogate pair (\\uD800–\\uDFFF)`);
  }
  return { ok: true, value };
}

const isInfinite = (leaf: unknown): boolean => typeof leaf === 'number' && !Number.isFinite(leaf);
const isIllFormed = (leaf: unknown): boolean => typeof leaf === 'string' && !isWellFormed(leaf);

/** String.prototype.isWellFormed, spelled out because the compiler's library stops before it. */
function isWellFormed(text: string): boolean {
  return !/[\ud800-\udfff]/u.test(text);
}

/** Whether any string (keys included), number or other leaf passes the test. */
function someLeaf(value: unknown, test: (leaf: unknown) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return test(value);
  if (Array.isArray(value)) return value.some((item) => someLeaf(item, test));
  return Object.entries(value).some(([key, member]) => test(key) || someLeaf(member, test));
}

/** A number becomes infinite with an exponent or with more than 308 digits before its point. */
function mayOverflow(bytes: Buffer, text: string): boolean {
  // A number begins the text or follows one of these: a hash in quotes ("…3e5…") is none.
  if (/(?:^|[[:,\s])-?[\d.]+[eE]\+?\d/u.test(text)) return true;
  // A run of digits this long covers one of these positions: no need to look at every byte.
  for (let index = DIGITS - 1; index < bytes.length; index += DIGITS) {
    if (digitsAround(bytes, index) >= DIGITS) return true;
  }
  return false;
}
const DIGITS = 308;

function digitsAround(bytes: Buffer, index: number): number {
  let start = index;
  while (isDigit(bytes[start])) start -= 1;
  let end = index;
  while (isDigit(bytes[end])) end += 1;
  return Math.max(0, end - start - 1);
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isTooDeep(bytes: Buffer): boolean {
  const brackets = countUpTo(bytes, 0x5b) + countUpTo(bytes, 0x7b);
  return brackets > MAX_NESTING && depthOf(bytes) > MAX_NESTING;
}

function countUpTo(bytes: Buffer, byte: number): number {
  let count = 0;
  let at = bytes.indexOf(byte);
  while (at >= 0 && count <= MAX_NESTING) {
    count += 1;
    at = bytes.indexOf(byte, at + 1);
  }
  return count;
}

function depthOf(bytes: Buffer): number {
  // '[' and '{' differ in one bit, as do their closing ones.
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if ((byte | 0x20) === 0x7b) {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if ((byte | 0x20) === 0x7d) depth -= 1;
  }
  return deepest;
}

/** 1-based position of the first byte that makes the line invalid UTF-8. */
function firstBadByte(bytes: Buffer): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const probe = new TextDecoder('utf-8', { fatal: true });
    try {
      // `stream` forgives a sequence that the cut leaves unfinished.
      probe.decode(bytes.subarray(0, middle + 1), { stream: true });
      low = middle + 1;
    } catch {
      high = middle;
    }
  }
  return Math.min(low + 1, bytes.length);
}

function jsonReason(text: string, error: unknown): Text {
  if (text.includes('\u0000'))
    return sentence`it has a NUL byte: perhaps the file is UTF-16 or was cut`;
  if (/^(<{7}|={7}|>{7}|\|{7})/u.test(text)) return sentence`a conflict marker of a merge`;
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^(.{0,120}).*$/su, '$1').replace(/[^\x20-\x7e]/gu, '?');
}
