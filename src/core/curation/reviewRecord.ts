import type { ReviewRecord } from '../../shared/reviewContract.ts';
import type { RecordedDecision } from './activeDecisions.ts';
import type { Curation } from './curation.ts';
import type { ReviewItem } from './reviewItem.ts';
import { questionNow } from './questionText.ts';
import { rowOf } from './reviewRow.ts';

export interface RecordContext {
  readonly curation: Curation;
  /** The standing decisions on this question of all rounds so far, in order; see `decisionsAbout`. */
  readonly decisions: readonly RecordedDecision[];
}

/** Everything about one item, worked out when it is looked at. */
export function recordOf(item: ReviewItem, { curation }: RecordContext): ReviewRecord {
  const now = questionNow(item.question, curation);
  return {
    row: rowOf(item, curation),
    question: now.question,
    originalQuestion: now.question === item.question.question ? null : item.question.question,
    gold: now.answer,
    originalGold: now.answer === item.question.answer ? null : item.question.answer,
    goldConfirmed: curation.goldConfirmed.has(item.id),
    equation: item.question.equation ?? null,
    reference: item.question.rationale ?? null,
    answers: [],
    attempts: [],
    candidates: [],
    history: [],
    trajectory: '',
    checks: [],
    hint: curation.hints.get(item.id) ?? null,
    log: [],
  };
}
