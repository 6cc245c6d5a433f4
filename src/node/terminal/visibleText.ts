/**
 * Makes control, bidirectional and zero-width characters visible, so that text from data, students or teachers can
 * neither move the cursor nor reorder what is shown. Newlines stay.
 */
export function visibleText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    if (character === '\n') return character;
    if (character === '\t') return ' ';
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
