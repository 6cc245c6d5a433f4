import { foldText } from './fold.ts';
import { findMarkers, lastLine } from './markers.ts';
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

/**
 * Grades a text answer: what stands behind the answer marker, Unicode form, case, white space, markup and a full stop
 * at the end aside. Without a marker a text counts only where all of it is the gold; the lenient rule also finds the
 * gold as whole words behind any marker and on the last line.
 */
export function gradeExact(text: string, gold: string): Grade {
  const folded = foldText(text);
  const markers = findMarkers(folded);
  const wanted = plainText(gold);
  const flags: GradeFlag[] = [];
  let best: { said: Said; rank: number } | null = null;
  const values = new Set<string>();
  for (const { rank, start, end } of markers) {
    const said = saidIn(text, start, end);
    if (!said) continue;
    values.add(said.value);
    if (best === null || rank < best.rank) best = { said, rank };
  }
  if (markers.length === 0) {
    flags.push('no-marker');
    const whole = text.length <= 2 * gold.length + 40 ? saidIn(text, 0, text.length) : null;
    if (whole && whole.value === wanted) best = { said: whole, rank: 4 };
  }
  if (values.size > 1) flags.push('two-answers');
  const said = best?.said ?? null;
  if (wanted === '')
    return { verdict: 'no-answer', lenient: 'no-answer', value: null, span: null, flags };
  const verdict = said === null ? 'no-answer' : said.value === wanted ? 'right' : 'wrong';
  const isNamed = (): boolean =>
    [lastLine(folded), ...markers.map(({ start, end }) => [start, end] as const)].some(
      ([start, end]) => holdsPhrase(text.slice(start, end), gold),
    );
  return {
    verdict,
    lenient: verdict === 'right' || isNamed() ? 'right' : verdict,
    value: said?.value ?? null,
    span: said && [said.start, said.end],
    flags,
  };
}
