import { Sentence } from '../sentence.ts';
import { CURATION_STRINGS, type CurationString } from '../../shared/curationStrings.ts';

/** Makes a sentence of the table, with its places filled in. */
export type SayAs<T> = (key: CurationString, ...parts: readonly (string | number | T)[]) => T;

/** A sentence of the review in the reader's language. */
export type CurationSay = SayAs<string>;

/** Says it by a table; a text that the table does not have is said in English. */
export function sayBy(table: Readonly<Record<string, string>>): CurationSay {
  return (key, ...parts) =>
    (table[key] ?? CURATION_STRINGS[key]).replace(/\{(\d+)\}/gu, (whole, place: string) =>
      String(parts[Number(place)] ?? whole),
    );
}

/** As a part of other sentences, in whatever language these are said. */
export const asSentence: SayAs<Sentence> = (key, ...parts) =>
  new Sentence(CURATION_STRINGS[key], parts);

/** As the terminal says it. */
export const inEnglish: CurationSay = sayBy({});
