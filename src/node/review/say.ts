import { REVIEW_HOST_STRINGS, type ReviewHostString } from '../../shared/reviewHostStrings.ts';

/** A sentence of the host in the person's language, with its places filled in. */
export type Say = (key: ReviewHostString, ...parts: readonly (string | number)[]) => string;

/** Looks up the person's language first, English where it has nothing. */
export function sayIn(strings: () => Readonly<Record<string, string>>): Say {
  return (key, ...parts) =>
    (strings()[key] ?? REVIEW_HOST_STRINGS[key]).replace(/\{(\d+)\}/gu, (whole, place: string) =>
      String(parts[Number(place)] ?? whole),
    );
}
