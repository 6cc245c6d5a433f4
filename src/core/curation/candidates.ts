import { gradeAnswer, type GoldAnswer } from '../grading/gradeAnswer.ts';
import { gateRationale } from '../teaching/gate.ts';
import type { GateReason, TeachingItem } from '../teaching/records.ts';
import type { Question } from '../dataset/question.ts';
import type { Curation, ItemDecision } from './curation.ts';
import { datasetId } from './positives.ts';
import { isAbout, isFixed, questionNow } from './questionText.ts';
import type { ReviewItem } from './reviewItem.ts';
import { standingOf, standingOfHuman, type Standing } from './standing.ts';

/** A rationale that a question may be taught, wherever it comes from, and what was decided on it. */
export interface Candidate {
  readonly id: string;
  readonly source: 'annotate' | 'feedback' | 'human' | 'dataset';
  readonly round: number;
  /** The text that counts: an edit's where there is one. */
  readonly text: string;
  /** The text below an edit; null without one. */
  readonly original: string | null;
  readonly decision: ItemDecision | undefined;
  readonly standing: Standing;
  /** It was written for another text of the question than the one that counts now. */
  readonly stale: boolean;
  /** The teacher's item; null for a person's or the data file's text. */
  readonly item: TeachingItem | null;
}

/** Reasons of the reply, not of its rationale: the gate at freeze does not know them. */
const OF_REPLY: readonly GateReason[] = ['unparsable', 'points-at-true-step'];

/** Every candidate of an item that has a text, the teacher's first, oldest round first. */
export function candidatesOf(item: ReviewItem, curation: Curation): Candidate[] {
  const { id, question, frame } = item;
  const found: Candidate[] = [];
  for (const { round, item: made } of item.candidates) {
    const decision = curation.items.get(made.itemId);
    const edit = decision?.rationale;
    const text = edit ?? made.rationale;
    if (text === null) continue;
    found.push({
      id: made.itemId,
      source: made.purpose,
      round,
      text,
      original: edit === undefined ? null : (made.rationale ?? ''),
      decision,
      standing:
        edit === undefined
          ? standingOf(decision, question, made.asked, curation)
          : standingOfHuman(decision, id, curation),
      stale: !isAbout(made.asked, question, curation),
      item: made,
    });
  }
  for (const { id: own, rationale, round } of curation.written.get(id) ?? []) {
    const decision = curation.items.get(own);
    const fix = curation.questions.get(id);
    found.push({
      id: own,
      source: 'human',
      round,
      text: decision?.rationale ?? rationale,
      original: decision?.rationale === undefined ? null : rationale,
      decision,
      standing: standingOfHuman(decision, id, curation),
      stale: fix !== undefined && (decision?.order ?? -1) < fix.order,
      item: null,
    });
  }
  if (frame.useDatasetRationales && question.rationale !== undefined) {
    const own = datasetId(id, question.rationale);
    const decision = curation.items.get(own);
    const older = isFixed(id, curation);
    found.push({
      id: own,
      source: 'dataset',
      round: 0,
      text: question.rationale,
      original: null,
      decision,
      standing:
        decision === undefined && !older
          ? 'by-gate'
          : standingOf(decision, question, undefined, curation),
      stale: older,
      item: null,
    });
  }
  return found;
}

/** Everything that the gate says against a candidate now, duplicates aside. */
export function gateReasons(
  { text, original, item }: Candidate,
  now: Question,
  frame: ReviewItem['frame'],
): GateReason[] {
  const reasons = gateRationale(text, {
    question: now.question,
    gold: now,
    limits: frame.gate,
    existingTexts: [],
  });
  if (item !== null && original === null) {
    reasons.push(...item.reasons.filter((reason) => OF_REPLY.includes(reason)));
  }
  return reasons;
}

/** Whether the gate has nothing against it, run afresh. */
export function passesGate(candidate: Candidate, item: ReviewItem, curation: Curation): boolean {
  const now = questionNow(item.question, curation);
  return gateReasons(candidate, now, item.frame).length === 0;
}

/**
 * The same by the word that was stored when the teacher answered, where nothing changed since: a queue of a hundred
 * thousand cannot run every gate again. What is taught never rests on it.
 */
export function seemsToPass(candidate: Candidate, item: ReviewItem, curation: Curation): boolean {
  const { item: made, original } = candidate;
  const changed = curation.goldFixes.has(item.id) || curation.questions.has(item.id);
  if (made === null || original !== null || changed) return passesGate(candidate, item, curation);
  return made.reasons.every((reason) => reason === 'duplicate');
}

/** Whether it would be taught if the round were frozen now. */
export function isTaught(candidate: Candidate, item: ReviewItem, curation: Curation): boolean {
  if (candidate.standing === 'by-person') return true;
  return candidate.standing === 'by-gate' && seemsToPass(candidate, item, curation);
}

/** Whether a text ends in the gold: only then a mistake may be held against it. */
export function reachesGold(text: string, gold: GoldAnswer): boolean {
  return gradeAnswer(text, gold).verdict === 'right';
}

/** What an item's status speaks of: this round's candidates, and older ones that were decided in this round. */
export function inQuestion(candidates: readonly Candidate[], round: number): Candidate[] {
  return candidates.filter(
    ({ source, round: of, decision }) =>
      (source !== 'dataset' && of === round) || decision?.round === round,
  );
}
