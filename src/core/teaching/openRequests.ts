import type { TeacherRecord } from './records.ts';

/** A record with the time of its writer's clock (ISO 8601). */
export type DatedRecord = TeacherRecord & { readonly at: string };

/** Requests that left and of which no end is on record: in all, and those of the process that asks now. */
export interface OpenRequests {
  readonly open: number;
  readonly ofNow: number;
}

export const NONE_OPEN: OpenRequests = { open: 0, ofNow: 0 };

/**
 * What one more record means for the requests that are open. `askingSince` is when the process that now asks began
 * (null where none does): only what was written since can be its own.
 */
export function withRecord(
  requests: OpenRequests,
  { type, at }: DatedRecord,
  askingSince: string | null,
): OpenRequests {
  if (type === 'item' || type === 'opinion') return requests;
  const more = type === 'intent' ? 1 : -1;
  const isOfNow = askingSince !== null && Date.parse(at) >= Date.parse(askingSince);
  return { open: requests.open + more, ofNow: requests.ofNow + (isOfNow ? more : 0) };
}

/** Open requests by what can be known: a living process still waits, or nobody will ever hear their outcome. */
export function fateOfOpen({ open, ofNow }: OpenRequests): { underWay: number; lost: number } {
  const underWay = Math.min(Math.max(0, ofNow), Math.max(0, open));
  return { underWay, lost: Math.max(0, open) - underWay };
}
