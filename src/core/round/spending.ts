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
  /** Of the replies, those of each profile, in the order of their first replies; '' where no request says whose. */
  readonly profiles: readonly ProfileReplies[];
}

/** Replies of one teacher profile of which it is known what they were billed. */
export interface ProfileReplies {
  readonly profile: string;
  readonly requests: number;
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
  const askedOf = new Map(
    records.flatMap((one) => (one.type === 'intent' ? [[one.key, one.profile] as const] : [])),
  );
  const replies = new Map<string, number>();
  for (const record of records) {
    open = withRecord(open, record, askingSince);
    if (record.type === 'fail') {
      failed += 1;
      brokenOff += record.possiblyBilled ? 1 : 0;
    }
    if (record.type !== 'reply') continue;
    if (billedUnknown(record)) brokenOff += 1;
    else {
      requests += 1;
      const profile = askedOf.get(record.key) ?? '';
      replies.set(profile, (replies.get(profile) ?? 0) + 1);
    }
    promptTokens += record.usage.promptTokens;
    completionTokens += record.usage.completionTokens;
  }
  const { underWay, lost } = fateOfOpen(open);
  const possiblyBilled = brokenOff + lost;
  const profiles = [...replies].map(([profile, count]) => ({ profile, requests: count }));
  return { requests, promptTokens, completionTokens, failed, underWay, possiblyBilled, profiles };
}
