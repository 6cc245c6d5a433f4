/** A conflict that a merge left in a file; all are 0-based lines. */
export interface Conflict {
  readonly markers: readonly number[];
  readonly upper: readonly number[];
  readonly lower: readonly number[];
  /** What both sides began from, where git was told to show it. */
  readonly base: readonly number[];
  /** What git calls the sides: HEAD, a branch, a commit. */
  readonly upperName: string;
  readonly lowerName: string;
}

const startsWith = (line: string | undefined, mark: string): boolean =>
  line !== undefined && (line === mark || line.startsWith(`${mark} `));

/** The whole conflict that a marker belongs to; null where its other markers are gone. */
export function conflictAt(lines: readonly string[], line: number): Conflict | null {
  let start = line;
  while (start >= 0 && !startsWith(lines[start], '<<<<<<<')) {
    if (start !== line && startsWith(lines[start], '>>>>>>>')) return null;
    start -= 1;
  }
  if (start < 0) return null;
  let middle = -1;
  let base = -1;
  for (let at = start + 1; at < lines.length; at += 1) {
    const text = lines[at];
    if (startsWith(text, '<<<<<<<')) return null;
    if (startsWith(text, '|||||||') && middle < 0) base = at;
    else if (text === '=======' && middle < 0) middle = at;
    else if (startsWith(text, '>>>>>>>')) {
      if (middle < 0 || at < line) return null;
      const upperEnd = base < 0 ? middle : base;
      return {
        markers: [start, ...(base < 0 ? [] : [base]), middle, at],
        upper: between(start, upperEnd),
        base: base < 0 ? [] : between(base, middle),
        lower: between(middle, at),
        upperName: nameOf(lines[start] ?? ''),
        lowerName: nameOf(text ?? ''),
      };
    }
  }
  return null;
}

function between(from: number, to: number): number[] {
  return Array.from({ length: to - from - 1 }, (_, index) => from + 1 + index);
}

const nameOf = (marker: string): string => marker.slice(8).trim() || marker.slice(0, 7);
