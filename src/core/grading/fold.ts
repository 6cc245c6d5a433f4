/** First code points of the decimal digit blocks that are read besides ASCII (all in the basic plane). */
const DIGIT_BLOCKS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0xff10];
const MINUS = '\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d';
const SPACE = '\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff\t';
const BREAK = '\r\v\f\u0085\u2028\u2029';
const FOLDED = new RegExp(
  `[${MINUS}${SPACE}${BREAK}\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59\uff01-\uff5e\u2018\u2019]`,
  'gu',
);
const IS_SPACE = new RegExp(`[${SPACE}]`, 'u');

function foldCharacter(character: string): string {
  if (MINUS.includes(character)) return '-';
  if (BREAK.includes(character)) return '\n';
  if (IS_SPACE.test(character)) return ' ';
  if (character === '\u2018' || character === '\u2019') return "'";
  const code = character.charCodeAt(0);
  for (const first of DIGIT_BLOCKS) {
    if (code >= first && code <= first + 9) return String(code - first);
  }
  return String.fromCharCode(code - 0xfee0);
}

/**
 * The text with digits, minus signs, spaces, line ends and full-width forms in ASCII, unit for unit: every index
 * into the result is the same index into the text.
 */
export function foldText(text: string): string {
  return text.replace(FOLDED, foldCharacter);
}
