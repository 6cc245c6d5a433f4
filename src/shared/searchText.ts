/** Texts that have one Unicode form only: nearly all, and normalising is dear. */
const PLAIN = /^[\t\n\r -~]*$/u;

/** Letter case and Unicode form aside. */
export function foldForSearch(text: string): string {
  return (PLAIN.test(text) ? text : text.normalize('NFKC')).toLowerCase();
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
  const places: Match[] = [];
  let folded = '';
  // A letter with its marks becomes others as a whole: "ﬁ" is two of them, and "e" with an accent is one.
  for (const { 0: letter, index } of text.matchAll(/\P{M}\p{M}*|\p{M}+/gu)) {
    const piece = foldForSearch(letter);
    const place = { start: index, end: index + letter.length };
    for (let unit = 0; unit < piece.length; unit += 1) places.push(place);
    folded += piece;
  }
  return { folded, places };
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
