import { AppError } from '../errors.ts';
import { sentence } from '../sentence.ts';

/** One change inside a text: at a place (UTF-16 units), what stood there and what stands there then. */
export interface Patch {
  readonly at: number;
  readonly removed: string;
  readonly inserted: string;
}

/** The text with the patch made; refuses a text that it was not made for. */
export function patched(text: string, { at, removed, inserted }: Patch): string {
  if (!text.startsWith(removed, at) || at > text.length) {
    throw new AppError('store.stale', sentence`The row is not what this change was made for.`, {
      hint: sentence`Read the file anew.`,
    });
  }
  return text.slice(0, at) + inserted + text.slice(at + removed.length);
}

/** What takes a patch back. */
export function inversePatch({ at, removed, inserted }: Patch): Patch {
  return { at, removed: inserted, inserted: removed };
}

/** The smallest patch from one text to another; null where they are the same. */
export function patchBetween(old: string, text: string): Patch | null {
  if (old === text) return null;
  const { before, after } = commonEnds(old, text);
  return {
    at: before,
    removed: old.slice(before, old.length - after),
    inserted: text.slice(before, text.length - after),
  };
}

/** How many units two texts share at their beginnings and ends; no surrogate pair is cut in two. */
export function commonEnds(
  a: string,
  b: string,
): { readonly before: number; readonly after: number } {
  const shorter = Math.min(a.length, b.length);
  let before = 0;
  while (before < shorter && a.charCodeAt(before) === b.charCodeAt(before)) before += 1;
  if (before > 0 && isHigh(a.charCodeAt(before - 1))) before -= 1;
  const rest = shorter - before;
  let after = 0;
  while (
    after < rest &&
    a.charCodeAt(a.length - 1 - after) === b.charCodeAt(b.length - 1 - after)
  ) {
    after += 1;
  }
  if (after > 0 && isLow(a.charCodeAt(a.length - after))) after -= 1;
  return { before, after };
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
