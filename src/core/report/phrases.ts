/**
 * Words in a row that two texts must share: 13, as in the overlap analysis of GPT-3 (Brown et al. 2020, appendix C) and
 * in lm-evaluation-harness; lower case, punctuation aside, numbers as they are.
 */
export const PHRASE_WORDS = 13;
/** A phrase that so many texts hold says nothing about one of them (ibid.: boilerplate). */
const BOILERPLATE = 10;

/** Gives every word a number, so that phrases are compared as numbers. */
export class Words {
  readonly #numbers = new Map<string, number>();

  of(text: string): Uint32Array {
    const words =
      text
        .normalize('NFKC')
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu) ?? [];
    return Uint32Array.from(words, (word) => {
      const known = this.#numbers.get(word);
      if (known !== undefined) return known;
      const number = this.#numbers.size + 1;
      this.#numbers.set(word, number);
      return number;
    });
  }
}

/** Two 32-bit polynomials rolled along a text, put together to one 53-bit name of each phrase. */
const BASE_A = 0x01000193;
const BASE_B = 0x5bd1e995;

function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i += 1) result = Math.imul(result, base);
  return result;
}

const TOP_A = power(BASE_A, PHRASE_WORDS - 1);
const TOP_B = power(BASE_B, PHRASE_WORDS - 1);

/** Tells the name of every phrase of a text and where it begins. */
export function eachPhrase(words: Uint32Array, tell: (name: number, at: number) => void): void {
  let [a, b] = [0, 0];
  words.forEach((word, index) => {
    const gone = words[index - PHRASE_WORDS] ?? 0;
    if (index >= PHRASE_WORDS) {
      a = (a - Math.imul(gone, TOP_A)) | 0;
      b = (b - Math.imul(gone, TOP_B)) | 0;
    }
    a = (Math.imul(a, BASE_A) + word) | 0;
    b = (Math.imul(b, BASE_B) + word) | 0;
    if (index >= PHRASE_WORDS - 1) {
      tell((a >>> 0) * 2 ** 21 + (b >>> 11), index - PHRASE_WORDS + 1);
    }
  });
}

const TABLES = 251;

interface Entry {
  /** Where the phrase was first met: two phrases of one name are told apart there. */
  readonly words: Uint32Array;
  readonly at: number;
  readonly owners: string[];
}

/** The phrases of some texts, to be found in others. Memory and time are linear in the words of both. */
export class PhraseIndex {
  /** Many small tables: growing a large one would take too long at a time. */
  readonly #tables = Array.from({ length: TABLES }, () => new Map<number, Entry>());

  #tableOf(name: number): Map<number, Entry> {
    return this.#tables[name % TABLES] ?? new Map<number, Entry>();
  }

  /** An owner may have several texts; each phrase counts once for it. */
  add(owner: string, words: Uint32Array): void {
    eachPhrase(words, (name, at) => {
      const table = this.#tableOf(name);
      const entry = table.get(name);
      if (entry === undefined) {
        table.set(name, { words, at, owners: [owner] });
      } else if (entry.owners.at(-1) !== owner && entry.owners.length <= BOILERPLATE) {
        entry.owners.push(owner);
      }
    });
  }

  /** Tells the owners of every phrase of the text that is in the index; `phrase` names it. */
  find(words: Uint32Array, tell: (owners: readonly string[], phrase: number) => void): void {
    eachPhrase(words, (name, at) => {
      const entry = this.#tableOf(name).get(name);
      if (entry === undefined || entry.owners.length > BOILERPLATE) return;
      if (isSame(entry, words, at)) tell(entry.owners, name);
    });
  }
}

function isSame(entry: Entry, words: Uint32Array, at: number): boolean {
  for (let i = 0; i < PHRASE_WORDS; i += 1) {
    if (entry.words[entry.at + i] !== words[at + i]) return false;
  }
  return true;
}
