import { foldText } from './fold.ts';
import { findMarkers, lastLine } from './markers.ts';
import { matchesWhole, patternProblem } from './pattern.ts';
import { holdsPhrase, plainText } from './phrase.ts';
import type { Grade, GradeFlag } from './verdict.ts';

interface Said {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** What stands in [start, end) without the white space around it; null where nothing does. */
function saidIn(text: string, start: number, end: number): Said | null {
  const stretch = text.slice(start, end);
  const value = plainText(stretch);
  if (value === '') return null;
  const from = start + stretch.length - stretch.trimStart().length;
  return { value, start: from, end: start + stretch.trimEnd().length };
}

/** What is right: of a text that was said, and of a longer stretch that may hold it. */
interface Wanted {
  readonly isSaid: (stretch: string) => boolean;
  readonly isNamed: (stretch: string) => boolean;
  /** Nothing can be held against what is none. */
  readonly isNone: boolean;
  /** A text without a marker is looked at whole up to so many characters. */
  readonly longest: number;
}

/**
 * Grades a text answer: what stands behind the answer marker, Unicode form, case, white space, markup and a full stop
 * at the end aside. Without a marker a text counts only where all of it is the gold; the lenient rule also finds the
 * gold as whole words behind any marker and on the last line.
 */
export function gradeExact(text: string, gold: string): Grade {
  const wanted = plainText(gold);
  return gradeSaid(text, {
    isSaid: (stretch) => plainText(stretch) === wanted,
    isNone: wanted === '',
    isNamed: (stretch) => holdsPhrase(stretch, gold),
    longest: 2 * gold.length + 40,
  });
}

/** An answer by pattern stands behind a marker, or is short. */
const LONGEST_BARE = 200;

/**
 * Grades by a pattern: it matches the whole of what stands behind the answer marker, markup and a full stop at the end
 * aside. The lenient rule also takes what stands behind any other marker, and the whole last line.
 */
export function gradePattern(text: string, pattern: string): Grade {
  const matches = (stretch: string): boolean => matchesWhole(pattern, stretch);
  const isNone = patternProblem(pattern) !== null;
  return gradeSaid(text, { isSaid: matches, isNamed: matches, isNone, longest: LONGEST_BARE });
}

function gradeSaid(text: string, { isSaid, isNamed, isNone, longest }: Wanted): Grade {
  const folded = foldText(text);
  const markers = findMarkers(folded);
  const flags: GradeFlag[] = [];
  let best: { said: Said; rank: number } | null = null;
  const values = new Set<string>();
  for (const { rank, start, end } of markers) {
    const said = saidIn(text, start, end);
    if (!said) continue;
    values.add(said.value);
    if (best === null || rank < best.rank) best = { said, rank };
  }
  const stretchOf = ({ start, end }: Pick<Said, 'start' | 'end'>): string => text.slice(start, end);
  if (markers.length === 0) {
    flags.push('no-marker');
    const whole = text.length <= longest ? saidIn(text, 0, text.length) : null;
    if (whole && isSaid(stretchOf(whole))) best = { said: whole, rank: 4 };
  }
  if (values.size > 1) flags.push('two-answers');
  if (isNone) return { verdict: 'no-answer', lenient: 'no-answer', value: null, span: null, flags };
  const said = best?.said ?? null;
  const verdict = said === null ? 'no-answer' : isSaid(stretchOf(said)) ? 'right' : 'wrong';
  const [start, end] = lastLine(folded);
  const isElsewhere = (): boolean =>
    [{ start, end }, ...markers].some((stretch) => isNamed(stretchOf(stretch)));
  return {
    verdict,
    lenient: verdict === 'right' || isElsewhere() ? 'right' : verdict,
    value: said?.value ?? null,
    span: said && [said.start, said.end],
    flags,
  };
}
