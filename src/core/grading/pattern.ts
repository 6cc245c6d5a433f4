import { RE2JS } from 're2js';
import { sentence, type Text } from '../sentence.ts';
import { saidText } from './phrase.ts';

/**
 * Patterns come with foreign data: RE2's language, which is matched in time linear in the text, and of a bounded size.
 * No look-around, no back-references; letters' case counts, `(?i)` at the start makes it not.
 */
const LONGEST_PATTERN = 500;
/** Instructions of the compiled program: the steps for each character of a text. */
const LARGEST_PROGRAM = 500;
/** Patterns are few and answers many. */
const MOST_KEPT = 500;

const kept = new Map<string, RE2JS | Text>();

/** The compiled pattern, or why there is none, completing "The answer …". */
function compiled(pattern: string): RE2JS | Text {
  const known = kept.get(pattern);
  if (known !== undefined) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const made = compile(pattern);
  kept.set(pattern, made);
  return made;
}

function compile(pattern: string): RE2JS | Text {
  const shown = JSON.stringify(pattern.slice(0, 60));
  if (pattern.length > LONGEST_PATTERN) {
    return sentence`is a pattern of ${pattern.length} characters; ${LONGEST_PATTERN} are allowed`;
  }
  try {
    const made = RE2JS.compile(pattern);
    if (made.programSize() > LARGEST_PROGRAM) {
      return sentence`is too large a pattern, repetitions written out: ${shown}`;
    }
    return made.testExact('')
      ? sentence`is a pattern that an empty answer matches: ${shown}`
      : made;
  } catch {
    return sentence`is no regular expression of RE2: ${shown}`;
  }
}

const isPattern = (made: RE2JS | Text): made is RE2JS => made instanceof RE2JS;

/** Why nobody can be graded by a pattern, completing "The answer …"; null where somebody can. */
export function patternProblem(pattern: string): Text | null {
  const made = compiled(pattern);
  return isPattern(made) ? null : made;
}

/** Whether a pattern matches the whole of a stretch, with or without what stands around an answer. */
export function matchesWhole(pattern: string, stretch: string): boolean {
  const made = compiled(pattern);
  return isPattern(made) && [saidText(stretch), stretch.trim()].some((one) => made.testExact(one));
}

/** Whether a pattern matches somewhere in a text. */
export function isFoundIn(pattern: string, text: string): boolean {
  const made = compiled(pattern);
  return isPattern(made) && made.test(saidText(text));
}
