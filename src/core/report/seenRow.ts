import { rationaleOfAttempt } from '../exam/promptForm.ts';
import { gradeAnswer } from '../grading/gradeAnswer.ts';
import type { FrozenRow, Source } from '../round/frozen.ts';
import type { TrainedText } from './overlaps.ts';

/** What of a frozen row a report keeps: which texts of which question were taught, without the texts. */
export interface SeenRow {
  readonly id: string;
  readonly positives: readonly { readonly id: string; readonly source: Source }[];
  readonly negatives: readonly string[];
  /** Every rationale ends in the gold: against one that does not, no mistake is held. */
  readonly reachesGold: boolean;
}

export function seenRow({
  id,
  gold: answer,
  kind,
  choices,
  positives,
  negatives,
}: FrozenRow): SeenRow {
  return {
    id,
    positives: positives.map(({ id: item, source }) => ({ id: item, source })),
    negatives: negatives.map((one) => one.id),
    reachesGold: positives.every(
      ({ completion }) => gradeAnswer(completion, { answer, kind, choices }).verdict === 'right',
    ),
  };
}

/** The student's own right attempts that a row teaches; no other file says which of its attempts these are. */
export function ownTexts({ id, positives }: FrozenRow): TrainedText[] {
  return positives.flatMap(({ source, completion }) =>
    source === 'self' ? [{ id, text: rationaleOfAttempt(completion) }] : [],
  );
}

/** Feeds the pair term: two texts to teach and a mistake of one's own. */
export function hasPair({ positives, negatives }: SeenRow): boolean {
  return positives.length >= 2 && negatives.length > 0;
}
