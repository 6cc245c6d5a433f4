import type { TeacherRecord } from '../teaching/records.ts';

/** What the journals of a round say about its cost. */
export interface RoundSpending {
  /** Replies received, whole or not. */
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Attempts that ended without a whole reply. */
  readonly failed: number;
  /** Requests that brought no reply and may have been billed all the same: broken off, or lost with a process. */
  readonly possiblyBilled: number;
}

/** The sums of a round's teacher records; a request that left and of which nothing came back was lost on its way. */
export function spendingOf(records: readonly TeacherRecord[]): RoundSpending {
  let [requests, promptTokens, completionTokens, failed, possiblyBilled, open] = [0, 0, 0, 0, 0, 0];
  for (const record of records) {
    if (record.type === 'intent') open += 1;
    if (record.type === 'reply' || record.type === 'fail') open -= 1;
    if (record.type === 'fail') {
      failed += 1;
      possiblyBilled += record.possiblyBilled ? 1 : 0;
    }
    if (record.type !== 'reply') continue;
    requests += 1;
    promptTokens += record.usage.promptTokens;
    completionTokens += record.usage.completionTokens;
  }
  possiblyBilled += Math.max(0, open);
  return { requests, promptTokens, completionTokens, failed, possiblyBilled };
}
