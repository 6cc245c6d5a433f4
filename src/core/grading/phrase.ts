/** A text for comparison: Unicode form, case, white space, quotes, markup and a full stop at the end aside. */
export function plainText(text: string): string {
  return bare(text.slice(0, MOST).normalize('NFKC').toLowerCase());
}

/** The same with its capital letters. */
export function saidText(text: string): string {
  return bare(text.slice(0, MOST).normalize('NFKC'));
}

function bare(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .replace(/^[ *_"'“”‘’`]+/u, '')
    .replace(TRAILING, '');
}

/** Longer stretches say no answer, and are not looked at to their end. */
const MOST = 4000;
const TRAILING = /(?<![ *_"'“”‘’`.])[ *_"'“”‘’`.]+$/u;
const WORD = /[\p{L}\p{N}]/u;

/** Whether a stretch holds a phrase as whole words. */
export function holdsPhrase(stretch: string, phrase: string): boolean {
  const [text, wanted] = [plainText(stretch), plainText(phrase)];
  if (wanted === '') return false;
  const isWord = (at: number): boolean => WORD.test(text.charAt(at));
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const end = at + wanted.length;
    if (!(isWord(at - 1) && isWord(at)) && !(isWord(end - 1) && isWord(end))) return true;
  }
  return false;
}
