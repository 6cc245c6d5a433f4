import type { Text } from '../../core/sentence.ts';
import { REVIEW_HOST_STRINGS, type ReviewHostString } from '../../shared/reviewHostStrings.ts';
import type { ReviewActions } from './ports.ts';

/** A sentence of the host in the person's language, with its places filled in. */
export type Say = (key: ReviewHostString, ...parts: readonly (Text | number)[]) => string;

/** Looks up the person's language first, English where it has nothing. */
export function sayIn(actions: Pick<ReviewActions, 'strings' | 'said'>): Say {
  return (key, ...parts) =>
    (actions.strings()[key] ?? REVIEW_HOST_STRINGS[key]).replace(
      /\{(\d+)\}/gu,
      (whole, place: string) => {
        const part = parts[Number(place)] ?? whole;
        return typeof part === 'number' ? String(part) : actions.said(part);
      },
    );
}
