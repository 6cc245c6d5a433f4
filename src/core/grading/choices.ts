import { letterAt, placeOf } from '../dataset/choiceLetter.ts';
import { foldText } from './fold.ts';
import { findMarkers, lastLine } from './markers.ts';
import { holdsPhrase, plainText } from './phrase.ts';
import type { Grade, GradeFlag } from './verdict.ts';

/** A word or letter read as the answer, by its place in the text. */
interface Found {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

type ReadSegment = (segment: string) => { pick: Found | null; negated: boolean };

/** Whether a stretch names the gold in another way than the strict rule reads. */
type Names = (segment: string) => boolean;

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
  names: Names = () => false,
): Grade {
  const folded = foldText(text);
  const markers = findMarkers(folded);
  const flags = new Set<GradeFlag>();
  let best: { pick: Found; rank: number } | null = null;
  const values = new Set<string>();
  let named = false;
  for (const { rank, start, end } of markers) {
    const { pick, negated } = read(folded.slice(start, end));
    if (negated) flags.add('negated');
    named ||= names(folded.slice(start, end));
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
    named = names(folded.slice(...lastLine(folded)));
  }
  if (values.size > 1) flags.add('two-answers');
  const pick = best?.pick ?? null;
  const verdict =
    pick === null || gold === null ? 'no-answer' : pick.value === gold ? 'right' : 'wrong';
  return {
    verdict,
    lenient: gold !== null && (values.has(gold) || named) ? 'right' : verdict,
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
    // A dash before a word ends the answer; a hyphen makes another word of it. As many characters as before.
    text.replace(/[–—](?=[\p{L} ])/gu, ','),
    wanted === 'yes' || wanted === 'no' ? wanted : null,
    (segment) => readYesNo(segment, 'first'),
    (segment) => readYesNo(segment, 'last'),
  );
}

interface Letters {
  readonly bracketed: RegExp;
  readonly bare: RegExp;
  readonly alone: RegExp;
}

/** The patterns for so many letters; a bare letter counts where an answer starts, and "a" before a word is the article. */
function lettersUpTo(count: number): Letters {
  const small = letterAt(count - 1);
  const capital = small.toUpperCase();
  const others = count < 2 ? '' : `B-${capital}b-${small}`;
  return {
    bracketed: new RegExp(String.raw`\( ?([A-${capital}a-${small}]) ?\)`, 'g'),
    // "I" before a word is a pronoun.
    bare: new RegExp(
      String.raw`^[ \n*"'[]{0,6}(?:(?:[Oo]ption|[Cc]hoice) {1,3})?(?:([AaI])(?! {1,3}[A-Za-z])|(?!I)([${others}]))(?![A-Za-z0-9_'-])`,
    ),
    alone: new RegExp(String.raw`^[ \n*"'[(]{0,6}([A-${capital}a-${small}])[ \n*"'\]).:]{0,6}$`),
  };
}

const LETTERS: readonly Letters[] = Array.from({ length: 27 }, (_, count) =>
  lettersUpTo(Math.max(2, count)),
);
/** (a) to (e), as CommonsenseQA has them, where nobody says how many there are. */
const USUAL = 5;

function letterOf(match: RegExpMatchArray): Found {
  const letter = match[1] ?? match[2] ?? '';
  const at = (match.index ?? 0) + match[0].lastIndexOf(letter);
  return { value: letter.toLowerCase(), start: at, end: at + 1 };
}

function readBracketed(segment: string, { bracketed }: Letters): ReturnType<ReadSegment> {
  let pick: Found | null = null;
  let negated = false;
  for (const match of segment.matchAll(bracketed)) {
    if (isNegated(segment, match.index)) negated = true;
    else pick = letterOf(match);
  }
  return { pick, negated };
}

function readLetter(segment: string, letters: Letters): ReturnType<ReadSegment> {
  const bracketed = readBracketed(segment, letters);
  const bare = bracketed.pick === null ? letters.bare.exec(segment) : null;
  return bare ? { ...bracketed, pick: letterOf(bare) } : bracketed;
}

/** Without a cue a bare letter counts only when the text is nothing else. */
function readUnmarkedLetter(text: string, letters: Letters): ReturnType<ReadSegment> {
  const alone = text.length <= 20 ? letters.alone.exec(text) : null;
  return alone ? { pick: letterOf(alone), negated: false } : readBracketed(text, letters);
}

/** The gold letter of a choice in lower case; null when it is none of so many. */
export function choiceLetter(gold: string, count = USUAL): string | null {
  const letter = /^[ (]*([A-Za-z])[ ).]*$/.exec(gold)?.[1]?.toLowerCase();
  return letter !== undefined && placeOf(letter) < count ? letter : null;
}

type Blank = (segment: string) => string;

const AS_IT_IS: Blank = (segment) => segment;
const blankings = new WeakMap<readonly string[], Blank>();

/**
 * Blanks the texts of choices that hold letters in brackets themselves, as "both (a) and (b)" does: those pick nothing.
 * One that is nothing but such a letter is blanked only behind its own letter, and else is a pick.
 */
function blankingOf(choices: readonly string[], letters: Letters): Blank {
  const known = blankings.get(choices);
  if (known) return known;
  const made = makeBlanking(choices, letters);
  blankings.set(choices, made);
  return made;
}

function makeBlanking(choices: readonly string[], letters: Letters): Blank {
  const patterns = choices.flatMap((choice, place) => {
    const folded = foldText(choice).trim();
    if (folded.search(letters.bracketed) < 0) return [];
    const words = folded.split(/\s+/u).map((word) => word.replace(/[$()*+.?[\\\]^{|}]/gu, '\\$&'));
    const own = letterAt(place);
    const behind = letters.alone.test(folded) ? String.raw`(?<=\( ?${own} ?\)[ .:]{0,3})` : '';
    return [{ length: folded.length, source: behind + words.join(' {1,9}') }];
  });
  if (patterns.length === 0) return AS_IT_IS;
  // Of texts that hold one another the longest counts.
  patterns.sort((one, other) => other.length - one.length);
  const any = new RegExp(patterns.map(({ source }) => source).join('|'), 'gi');
  return (segment) => segment.replace(any, (found) => ' '.repeat(found.length));
}

/**
 * Grades a choice: the last bracketed letter behind a cue, or a bare one right behind it. Naming the choice by its text
 * alone is right by the lenient rule only, for texts of choices may hold one another; and so is the letter of another
 * choice with the very same text.
 */
export function gradeChoice(text: string, gold: string, choices: readonly string[] = []): Grade {
  const count = choices.length > 0 ? choices.length : USUAL;
  const letters = LETTERS[count] ?? lettersUpTo(count);
  const wanted = choiceLetter(gold, count);
  const said = wanted === null ? undefined : choices[placeOf(wanted)];
  const blank = blankingOf(choices, letters);
  const grade = gradeBy(
    text,
    wanted,
    (segment) => readLetter(blank(segment), letters),
    (whole) => readUnmarkedLetter(blank(whole), letters),
    (segment) => said !== undefined && holdsPhrase(segment, said),
  );
  const picked = grade.value === null ? undefined : choices[placeOf(grade.value)];
  const isTwin =
    picked !== undefined && said !== undefined && plainText(picked) === plainText(said);
  return isTwin ? { ...grade, lenient: 'right' } : grade;
}
