/** Texts that have one Unicode form only: nearly all, and normalising is dear. */
const PLAIN = /^[\t\n\r -~]*$/u;

/** Letter case and Unicode form aside. */
export function foldForSearch(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  // A sigma is another letter at the end of a word: which one must not hang on what stands around it.
  return text.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ');
}

/** The words of a search; all of them must occur. The longest comes first: it is the rarest. */
export function searchWords(search: string): string[] {
  const words = foldForSearch(search)
    .split(/\s+/u)
    .filter((word) => word !== '');
  return [...new Set(words)].sort((a, b) => b.length - a.length);
}

/** Where something stands in a text, in UTF-16 units. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

/** More places than anybody looks at one by one. */
const MOST_MATCHES = 500;

/** Where words of a search stand in a text as it is written, in order; places that touch are one. */
export function matchesIn(text: string, words: readonly string[]): readonly Match[] {
  if (words.length === 0) return [];
  const { folded, places } = foldedWithPlaces(text);
  const found: Match[] = [];
  for (const word of words) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length)) {
      const last = at + word.length - 1;
      found.push(
        places
          ? { start: places[at]?.start ?? 0, end: places[last]?.end ?? 0 }
          : { start: at, end: last + 1 },
      );
      if (found.length >= MOST_MATCHES) break;
    }
  }
  return joined(found.sort((a, b) => a.start - b.start));
}

/** The folded text, and of each of its units what it was made of; null where that is the unit in the same place. */
function foldedWithPlaces(text: string): { folded: string; places: readonly Match[] | null } {
  if (PLAIN.test(text)) return { folded: text.toLowerCase(), places: null };
  // A letter with its marks becomes others as a whole: "ﬁ" is two of them, and "e" with an accent is one.
  const letters = text.match(/\P{M}\p{M}*|\p{M}+/gu) ?? [];
  const folded = foldForSearch(text);
  const alone = letters.map(foldForSearch);
  const pieces =
    alone.join('') === folded
      ? letters.map((letter, at) => [letter, alone[at] ?? ''] as const)
      : foldedTogether(letters);
  const places: Match[] = [];
  let start = 0;
  for (const [piece, becomes] of pieces) {
    const place = { start, end: start + piece.length };
    for (let unit = 0; unit < becomes.length; unit += 1) places.push(place);
    start = place.end;
  }
  return { folded, places };
}

/** Pieces of a text with what they become, letters that become one together as one: syllables of Hangul, "ｶﾞ". */
function foldedTogether(letters: readonly string[]): (readonly [string, string])[] {
  const pieces: (readonly [string, string])[] = [];
  for (const letter of letters) {
    const own = foldForSearch(letter);
    const [before = '', becomes = ''] = pieces.at(-1) ?? [];
    const both = foldForSearch(before + letter);
    if (before === '' || both === becomes + own) pieces.push([letter, own]);
    else pieces.splice(-1, 1, [before + letter, both]);
  }
  return pieces;
}

function joined(matches: readonly Match[]): Match[] {
  const all: Match[] = [];
  for (const { start, end } of matches) {
    const last = all.at(-1);
    if (last && start <= last.end) {
      all.splice(-1, 1, { start: last.start, end: Math.max(last.end, end) });
    } else all.push({ start, end });
  }
  return all;
}
