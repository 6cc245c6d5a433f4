import { diff } from 'fast-myers-diff';

/** A stretch that both texts have, that only the first has, or that only the second has. */
export interface DiffPart {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** More tokens than this are for the editor's own diff. */
export const DIFF_TOKENS = 1000;
/** Below this a diff of two texts that were written apart is noise. */
export const DIFF_SIMILARITY = 0.5;

export function tokensOf(text: string): string[] {
  return text.match(/\s+|[\p{L}\p{N}_]+|./gsu) ?? [];
}

export interface WordDiff {
  readonly parts: readonly DiffPart[];
  /** Share of both texts' words that they have in common and in the same order, 0…1. */
  readonly similarity: number;
}

/** Compares word by word; null where the texts are too long for it. */
export function wordDiff(before: string, after: string): WordDiff | null {
  const [old, fresh] = [tokensOf(before), tokensOf(after)];
  if (Math.max(old.length, fresh.length) > DIFF_TOKENS) return null;
  const parts: DiffPart[] = [];
  const add = (kind: DiffPart['kind'], tokens: readonly string[]): void => {
    if (tokens.length > 0) parts.push({ kind, text: tokens.join('') });
  };
  let from = 0;
  for (const [start, end, freshStart, freshEnd] of diff(old, fresh)) {
    add('same', old.slice(from, start));
    add('removed', old.slice(start, end));
    add('added', fresh.slice(freshStart, freshEnd));
    from = end;
  }
  add('same', old.slice(from));
  const words = (kinds: readonly DiffPart['kind'][]): number =>
    parts
      .filter(({ kind }) => kinds.includes(kind))
      .reduce((sum, { text }) => sum + tokensOf(text).filter(isWord).length, 0);
  const same = words(['same']);
  const all = 2 * same + words(['removed', 'added']);
  return { parts, similarity: all === 0 ? 1 : (2 * same) / all };
}

const isWord = (token: string): boolean => token.trim() !== '';
