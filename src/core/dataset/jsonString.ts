import { commonEnds, type Patch } from './patch.ts';

/** A JSON string decoded, with the place of each of its units among the characters that spell it. */
interface Decoded {
  readonly text: string;
  /** One more than the text has units: the last is the place of the closing quote. */
  readonly places: readonly number[];
}

const SHORT: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function decode(raw: string): Decoded {
  const units: string[] = [];
  const places: number[] = [];
  let at = 1;
  while (at < raw.length - 1) {
    places.push(at);
    const unit = raw.charAt(at);
    const escaped = raw.charAt(at + 1);
    if (unit !== '\\') {
      units.push(unit);
      at += 1;
    } else if (escaped === 'u') {
      units.push(String.fromCharCode(Number.parseInt(raw.slice(at + 2, at + 6), 16)));
      at += 6;
    } else {
      units.push(SHORT[escaped] ?? escaped);
      at += 2;
    }
  }
  places.push(at);
  return { text: units.join(''), places };
}

/** Whether a line spells characters beyond ASCII as \u escapes, as many writers do: then what is added does so, too. */
export function escapesNonAscii(line: string): boolean {
  return /\\u(?!00[0-7])[0-9a-fA-F]{4}/u.test(line) && !/[^\p{ASCII}]/u.test(line);
}

/** With what a JSON string begins to spell a text otherwise than the plainest way: one that has none of it reads as it stands. */
export function otherSpellings(text: string): readonly string[] {
  // Some writers escape every slash.
  return text.includes('/') ? ['\\u', '\\/'] : ['\\u'];
}

/** A text as a JSON string; half a surrogate pair is spelt as an escape, as it cannot be written otherwise. */
export function spellString(text: string, ascii: boolean): string {
  const spelt = JSON.stringify(text);
  if (!ascii) return spelt;
  // Without the u flag: each half of a pair has its own escape.
  return spelt.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * What turns a JSON string in a line into one that reads `text`; null where it reads so already. Characters that stay
 * keep the spelling they have ("\/", "\u00e9").
 */
export function respellString(
  line: string,
  start: number,
  end: number,
  text: string,
  ascii: boolean,
): Patch | null {
  const old = decode(line.slice(start, end));
  if (old.text === text) return null;
  const { before, after } = commonEnds(old.text, text);
  const at = start + (old.places[before] ?? 0);
  const stop = start + (old.places[old.text.length - after] ?? 0);
  const middle = spellString(text.slice(before, text.length - after), ascii).slice(1, -1);
  return { at, removed: line.slice(at, stop), inserted: middle };
}
