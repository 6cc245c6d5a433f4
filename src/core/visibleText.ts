/** What moves the cursor, reorders or hides: control, format, ignorable and line-separator characters, half pairs. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

/**
 * Makes control, bidirectional and zero-width characters visible, so that text from data, students or teachers can
 * neither move the cursor nor reorder what is shown. Newlines stay.
 */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (character) => {
    if (character === '\n') return character;
    if (character === '\t') return ' ';
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** The same value as one line of JSON, every such character as a JSON escape: as harmless on a terminal as in a file. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value ?? null).replace(HIDDEN, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
