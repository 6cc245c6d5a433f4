import {
  fateOfOpen,
  NONE_OPEN,
  withRecord,
  type DatedRecord,
  type OpenRequests,
} from '../teaching/openRequests.ts';
import { billedUnknown } from '../teaching/records.ts';

/** What the journals of a round say about its cost. */
export interface RoundSpending {
  /** Replies of which it is known what they were billed. */
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Attempts that ended without a whole reply. */
  readonly failed: number;
  /** Requests of a living process that waits for their replies. */
  readonly underWay: number;
  /**
   * Requests of which nobody can tell what they were billed: broken off, with a part of a reply or without, or lost with a
   * process. None of them is among the others.
   */
  readonly possiblyBilled: number;
}

/**
 * The sums of a round's teacher records. A request that left and of which nothing came back is under way where the
 * process that asks now sent it (`askingSince`: when that began; null = none asks), else it was lost with its process.
 */
export function spendingOf(
  records: readonly DatedRecord[],
  askingSince: string | null,
): RoundSpending {
  let [requests, promptTokens, completionTokens, failed, brokenOff] = [0, 0, 0, 0, 0];
  let open: OpenRequests = NONE_OPEN;
  for (const record of records) {
    open = withRecord(open, record, askingSince);
    if (record.type === 'fail') {
      failed += 1;
      brokenOff += record.possiblyBilled ? 1 : 0;
    }
    if (record.type !== 'reply') continue;
    if (billedUnknown(record)) brokenOff += 1;
    else requests += 1;
    promptTokens += record.usage.promptTokens;
    completionTokens += record.usage.completionTokens;
  }
  const { underWay, lost } = fateOfOpen(open);
  const possiblyBilled = brokenOff + lost;
  return { requests, promptTokens, completionTokens, failed, underWay, possiblyBilled };
}
