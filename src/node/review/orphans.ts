import { activeDecisions, type RecordedDecision } from '../../core/curation/activeDecisions.ts';
import { candidatesOf } from '../../core/curation/candidates.ts';
import { attemptKey, keyOfAttempt, type Curation } from '../../core/curation/curation.ts';
import { questionsOf } from '../../core/curation/decisionLog.ts';
import type { ReviewIndex } from '../../core/curation/queue.ts';

/** Standing decisions whose question, candidate or attempt is not among what the files hold now. */
export function countOrphans(
  index: ReviewIndex,
  curation: Curation,
  events: readonly RecordedDecision[],
): number {
  return activeDecisions(events).filter((event) => isOrphan(index, curation, event)).length;
}

function isOrphan(index: ReviewIndex, curation: Curation, event: RecordedDecision): boolean {
  if (event.type === 'spot-check' || event.type === 'stratum') return false;
  if (curation.outdated.has(event)) return true;
  if (questionsOf(event).some((id) => index.item(id) === undefined)) return true;
  if ('textHash' in event) {
    const key = attemptKey(event);
    const attempts = index.item(event.questionId)?.attempts ?? [];
    return !attempts.some(({ attempt }) => keyOfAttempt(attempt) === key);
  }
  const targets = event.type === 'edit' ? [event] : 'items' in event ? event.items : [];
  return targets.some(({ questionId, itemId }) => {
    const item = index.item(questionId);
    return !item || !candidatesOf(item, curation).some(({ id }) => id === itemId);
  });
}
