/**
 * A place where a text announces its final answer. `rank`: 1 = an answer line (`Answer:`), 2 = `\boxed{}` or `####`
 * before a number, 3 = in running text (`the answer is`), or `A:` on the last line. [start, end) is where the answer may stand.
 */
export interface Marker {
  readonly rank: 1 | 2 | 3;
  readonly start: number;
  readonly end: number;
}

/** An answer stands near its marker: a longer segment is cut, which also bounds the work on hostile texts. */
const MAX_SEGMENT = 2000;

const MARKER = new RegExp(
  [
    String.raw`(?<line>(?:^|(?<=\n))[ >*#_-]{0,12}(?:(?:the|my|so|therefore|thus)[ ,]{1,3}){0,3}(?:(?:final|correct|right) )?answer ?(?:is ?)?[*_]{0,3} ?[:=])`,
    // Before a word, four hashes are a heading.
    String.raw`(?<hashes>#### {0,3}(?=[-+$€£¥₹₩\\.0-9½-¾⅐-⅞]))`,
    String.raw`(?<boxed>\\(?:boxed|fbox) ?\{)`,
    String.raw`(?<phrase>(?<![a-z])answer ?(?:[*_]{0,3} ?[:=]|(?:is|was|would be|will be|equals|must be)(?![a-z])))`,
    String.raw`(?<short>(?:^|(?<=\n)) {0,4}a ?:)`,
  ].join('|'),
  'gi',
);

/** Where the last line that is not blank starts and ends. */
export function lastLine(folded: string): readonly [number, number] {
  const end = folded.trimEnd().length;
  return [folded.lastIndexOf('\n', end - 1) + 1, end];
}

/** The end of the line, or of the segment where the line is longer: never a search over the whole text. */
function lineEnd(folded: string, from: number): number {
  const near = folded.slice(from, from + MAX_SEGMENT);
  const at = near.indexOf('\n');
  return from + (at < 0 ? near.length : at);
}

/** The closing brace of a box that opened before `from`, or the limit. */
function boxEnd(folded: string, from: number, limit: number): number {
  for (let [at, depth] = [from, 1]; at < limit; at += 1) {
    const character = folded[at];
    if (character === '\\') at += 1;
    else if (character === '{') depth += 1;
    else if (character === '}' && --depth === 0) return at;
  }
  return limit;
}

function phraseEnd(folded: string, from: number, end: number): number {
  const at = folded.slice(from, end).search(/[.!?](?= |$)/u);
  return at < 0 ? end : from + at;
}

/** Every marker of a folded text in order, each with the stretch up to the next marker that belongs to it. */
export function findMarkers(folded: string): Marker[] {
  const found = [...folded.matchAll(MARKER)];
  const [lastStart] = lastLine(folded);
  return found.flatMap((match, order): Marker[] => {
    const start = match.index + match[0].length;
    const next = found[order + 1]?.index ?? folded.length;
    const bound = (end: number): number =>
      Math.max(start, Math.min(end, next, start + MAX_SEGMENT));
    const groups = match.groups ?? {};
    if (groups['short'] !== undefined) {
      return match.index >= lastStart ? [{ rank: 3, start, end: bound(folded.length) }] : [];
    }
    const end = bound(lineEnd(folded, start));
    if (groups['hashes'] !== undefined) return [{ rank: 2, start, end }];
    if (groups['boxed'] !== undefined) return [{ rank: 2, start, end: boxEnd(folded, start, end) }];
    if (groups['phrase'] !== undefined) {
      return [{ rank: 3, start, end: phraseEnd(folded, start, end) }];
    }
    // "Answer:" alone on its line speaks of the next line that is not blank.
    const blank = /^[ *_$]*$/u.test(folded.slice(start, end));
    const nextLine = blank ? folded.slice(start, start + MAX_SEGMENT).search(/[^ \n*_$]/u) : -1;
    return [{ rank: 1, start, end: nextLine < 0 ? end : bound(lineEnd(folded, start + nextLine)) }];
  });
}
