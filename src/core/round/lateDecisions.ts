import { sentence, type Sentence } from '../sentence.ts';
import { activeDecisions, type RecordedDecision } from '../curation/activeDecisions.ts';
import type { DecisionCursor } from './frozen.ts';

/** Whether a decision of a round is not among those that its frozen set was made from. */
export function isLate(
  round: number,
  { writer, seq }: Pick<RecordedDecision, 'writer' | 'seq'>,
  decidedUpTo: DecisionCursor,
): boolean {
  return seq > (decidedUpTo[`${round}/${writer}`] ?? -1);
}

/**
 * How many of a round's decisions stand otherwise now than in its frozen set: made or taken back since. None where the
 * set does not say what it was made from.
 */
export function countLate(
  round: number,
  events: readonly RecordedDecision[],
  decidedUpTo: DecisionCursor | undefined,
): number {
  if (decidedUpTo === undefined) return 0;
  const known = events.filter((event) => !isLate(round, event, decidedUpTo));
  if (known.length === events.length) return 0;
  const then = new Set(activeDecisions(known));
  const now = new Set(activeDecisions(events));
  const changed = events.filter((event) => then.has(event) !== now.has(event));
  return changed.length;
}

/** Says what becomes of decisions that came too late for a round's training set; null where there are none. */
export function lateSentence(round: number, late: number): Sentence | null {
  if (late === 0) return null;
  return late === 1
    ? sentence`1 decision came after round ${round} was frozen: it counts for the next round.`
    : sentence`${late} decisions came after round ${round} was frozen: they count for the next round.`;
}
