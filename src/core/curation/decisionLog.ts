import type { ReviewRecord } from '../../shared/reviewContract.ts';
import type { RecordedDecision } from './activeDecisions.ts';
import type { Decision } from './decision.ts';

/** The questions that an event is about; none for undo, redo and spot checks. */
export function questionsOf(decision: Decision): string[] {
  if ('items' in decision && decision.type !== 'spot-check') {
    return [...new Set(decision.items.map(({ questionId }) => questionId))];
  }
  return 'questionId' in decision ? [decision.questionId] : [];
}

/** The event as a sentence, without who and when. */
export function sentenceOf(decision: Decision): string {
  return decision.type;
}

/** What one undo step was about, for the label of a button: "Accept gsm8k-0417", "Reject 38 items". */
export function labelOf(events: readonly RecordedDecision[]): string {
  return events.map(sentenceOf).join(', ');
}

/** Log lines of a record, newest first, at most 20. */
export function logOf(decisions: readonly RecordedDecision[]): ReviewRecord['log'] {
  return [...decisions]
    .reverse()
    .slice(0, 20)
    .map((event) => ({
      at: event.at,
      by: event.author.name,
      what: sentenceOf(event),
      reason: event.reason ?? null,
    }));
}
