import { foldText } from './fold.ts';
import { findMarkers } from './markers.ts';
import type { Grade, GradeFlag } from './verdict.ts';

/** A word or letter read as the answer, by its place in the text. */
interface Found {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

type ReadSegment = (segment: string) => { pick: Found | null; negated: boolean };

const NEGATED = /(?:^|[^A-Za-z])(?:not|n't|isn't)(?: quite| really)? {1,3}\(?$/i;

function isNegated(segment: string, at: number): boolean {
  return NEGATED.test(segment.slice(Math.max(0, at - 20), at));
}

/** Marked answers first (by rank, then place), else what the whole text says, with flag `no-marker`. */
function gradeBy(
  text: string,
  gold: string | null,
  read: ReadSegment,
  unmarked: ReadSegment,
): Grade {
  const folded = foldText(text);
  const markers = findMarkers(folded);
  const flags = new Set<GradeFlag>();
  let best: { pick: Found; rank: number } | null = null;
  const values = new Set<string>();
  for (const { rank, start, end } of markers) {
    const { pick, negated } = read(folded.slice(start, end));
    if (negated) flags.add('negated');
    if (!pick) continue;
    values.add(pick.value);
    if (best === null || rank < best.rank) {
      best = { rank, pick: { ...pick, start: start + pick.start, end: start + pick.end } };
    }
  }
  if (markers.length === 0) {
    flags.add('no-marker');
    const { pick, negated } = unmarked(folded);
    if (negated) flags.add('negated');
    if (pick) best = { rank: 4, pick };
  }
  if (values.size > 1) flags.add('two-answers');
  const pick = best?.pick ?? null;
  const verdict =
    pick === null || gold === null ? 'no-answer' : pick.value === gold ? 'right' : 'wrong';
  return {
    verdict,
    lenient: gold !== null && values.has(gold) ? 'right' : verdict,
    value: pick?.value ?? null,
    span: pick && [pick.start, pick.end],
    flags: [...flags],
  };
}

const YES_NO = /(?<![A-Za-z0-9_'-])(?:yes|no)(?![A-Za-z0-9_'-])/gi;

function readYesNo(segment: string, which: 'first' | 'last'): ReturnType<ReadSegment> {
  let pick: Found | null = null;
  let negated = false;
  for (const match of segment.matchAll(YES_NO)) {
    if (isNegated(segment, match.index)) {
      negated = true;
      continue;
    }
    const end = match.index + match[0].length;
    pick = { value: match[0].toLowerCase(), start: match.index, end };
    if (which === 'first') break;
  }
  return { pick, negated };
}

/** Grades a yes/no answer. A gold that is neither gives `no-answer`. */
export function gradeYesNo(text: string, gold: string): Grade {
  const wanted = gold.trim().toLowerCase();
  return gradeBy(
    text,
    wanted === 'yes' || wanted === 'no' ? wanted : null,
    (segment) => readYesNo(segment, 'first'),
    (segment) => readYesNo(segment, 'last'),
  );
}

const BRACKETED = /\( ?([A-Ea-e]) ?\)/g;
/** A bare letter counts where an answer starts; "a" before a word is the article. */
const BARE = /^[ \n*"'[]{0,6}(?:([Aa])(?! {1,3}[A-Za-z])|([B-Eb-e]))(?![A-Za-z0-9_'-])/;
const ALONE = /^[ \n*"'[(]{0,6}([A-Ea-e])[ \n*"'\]).:]{0,6}$/;

function letterOf(match: RegExpMatchArray): Found {
  const letter = match[1] ?? match[2] ?? '';
  const at = (match.index ?? 0) + match[0].lastIndexOf(letter);
  return { value: letter.toLowerCase(), start: at, end: at + 1 };
}

function readBracketed(segment: string): ReturnType<ReadSegment> {
  let pick: Found | null = null;
  let negated = false;
  for (const match of segment.matchAll(BRACKETED)) {
    if (isNegated(segment, match.index)) negated = true;
    else pick = letterOf(match);
  }
  return { pick, negated };
}

function readLetter(segment: string): ReturnType<ReadSegment> {
  const bracketed = readBracketed(segment);
  const bare = bracketed.pick === null ? BARE.exec(segment) : null;
  return bare ? { ...bracketed, pick: letterOf(bare) } : bracketed;
}

/** Without a cue a bare letter counts only when the text is nothing else. */
function readUnmarkedLetter(text: string): ReturnType<ReadSegment> {
  const alone = text.length <= 20 ? ALONE.exec(text) : null;
  return alone ? { pick: letterOf(alone), negated: false } : readBracketed(text);
}

/** Grades a choice among (a)…(e): the last bracketed letter behind a cue, or a bare one right behind it. */
export function gradeChoice(text: string, gold: string): Grade {
  const wanted = /^[ (]*([A-Ea-e])[ ).]*$/.exec(gold)?.[1]?.toLowerCase() ?? null;
  return gradeBy(text, wanted, readLetter, readUnmarkedLetter);
}
