import { CURATION_STRINGS, type CurationString } from '../../shared/curationStrings.ts';

/** A sentence of the review in the reader's language, with its places filled in. */
export type CurationSay = (key: CurationString, ...parts: readonly (string | number)[]) => string;

/** Says it by a table; a text that the table does not have is said in English. */
export function sayBy(table: Readonly<Record<string, string>>): CurationSay {
  return (key, ...parts) =>
    (table[key] ?? CURATION_STRINGS[key]).replace(/\{(\d+)\}/gu, (whole, place: string) =>
      String(parts[Number(place)] ?? whole),
    );
}

/** As the terminal says it. */
export const inEnglish: CurationSay = sayBy({});
