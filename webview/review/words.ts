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
  const common = commonFrom(old, fresh);
  for (let [at, freshAt] = [0, 0]; at < old.length || freshAt < fresh.length;) {
    const start = at;
    while (at < old.length && freshAt < fresh.length && old[at] === fresh[freshAt]) {
      at += 1;
      freshAt += 1;
    }
    add('same', old.slice(start, at));
    const [from, freshFrom] = [at, freshAt];
    while (
      (at < old.length || freshAt < fresh.length) &&
      (at === old.length || freshAt === fresh.length || old[at] !== fresh[freshAt])
    ) {
      if (common(at + 1, freshAt) >= common(at, freshAt + 1) && at < old.length) at += 1;
      else if (freshAt < fresh.length) freshAt += 1;
      else at += 1;
    }
    add('removed', old.slice(from, at));
    add('added', fresh.slice(freshFrom, freshAt));
  }
  const words = (kinds: readonly DiffPart['kind'][]): number =>
    parts
      .filter(({ kind }) => kinds.includes(kind))
      .reduce((sum, { text }) => sum + tokensOf(text).filter(isWord).length, 0);
  const same = words(['same']);
  const all = 2 * same + words(['removed', 'added']);
  return { parts, similarity: all === 0 ? 1 : (2 * same) / all };
}

const isWord = (token: string): boolean => token.trim() !== '';

/** How many tokens two texts have in common, in the same order, from a place of each on. */
function commonFrom(old: readonly string[], fresh: readonly string[]) {
  const width = fresh.length + 1;
  // Both are short enough for the plain table: a library for longer ones would weigh more than it saves.
  const table = new Uint16Array((old.length + 1) * width);
  const at = (row: number, column: number): number => table[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = fresh.length - 1; column >= 0; column -= 1) {
      table[row * width + column] =
        old[row] === fresh[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  return at;
}
