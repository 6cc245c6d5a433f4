/** A piece of somebody's text: as it stands, or the name of a character that would not be seen or would mislead. */
export interface Piece {
  readonly text: string;
  readonly hidden: boolean;
}

/** Characters that hide, reorder or vanish, as ranges of a character class. */
const RANGES = [
  // Controls, but not tab and line feed.
  '\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f',
  // Soft hyphen, joiners and fillers that take no room.
  '\\u00ad\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u2800\\u3164\\uffa0',
  // Zero width, direction marks, line and paragraph separators, direction overrides and isolates.
  '\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff0-\\ufffb',
  // Tags, and halves of a pair.
  '\\u{e0000}-\\u{e0fff}\\p{Surrogate}',
];
const HIDDEN = anyOf(RANGES);

function anyOf(ranges: readonly string[]): RegExp {
  return new RegExp(`[${ranges.join('')}]`, 'gu');
}

/** Joins two pictographs into one picture: the one place where a zero-width joiner is what it seems. */
const JOINED_PICTURE = /\p{Extended_Pictographic}\ufe0f?$/u;

/** How a character that cannot be seen is written. */
export function nameOfCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Cuts a text into pieces to show; most texts are one piece. */
export function visiblePieces(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    const [character] = match;
    const next = match.index + character.length;
    if (isCarriageReturn(character, text, next)) continue;
    if (character === '\u200d' && joinsPictures(text, match.index, next)) continue;
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), hidden: false });
    pieces.push({ text: nameOfCharacter(character), hidden: true });
    from = next;
  }
  if (from < text.length || pieces.length === 0)
    pieces.push({ text: text.slice(from), hidden: false });
  return pieces;
}

/** The same as one string, for names that assistive technology reads and for titles. */
export function visibleText(text: string): string {
  return visiblePieces(text)
    .map(({ text: piece, hidden }) => (hidden ? `⟨${piece}⟩` : piece))
    .join('');
}

/** Windows line ends are line ends. */
function isCarriageReturn(character: string, text: string, next: number): boolean {
  return character === '\r' && text[next] === '\n';
}

function joinsPictures(text: string, at: number, next: number): boolean {
  return (
    JOINED_PICTURE.test(text.slice(Math.max(0, at - 3), at)) &&
    /^\p{Extended_Pictographic}/u.test(text.slice(next, next + 2))
  );
}
