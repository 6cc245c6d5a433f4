/** What a server says about its request limit: `remaining` of `limit`, and the time until it is full or renewed. */
export interface RateInfo {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

interface HeaderReader {
  get(name: string): string | null;
}

const unitMs: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** `6m0s`, `120ms`, `1.5s`, or plain seconds, in milliseconds; null for anything else. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim();
  if (/^\d+(?:\.\d+)?$/u.test(trimmed)) return Number(trimmed) * 1000;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|h|m|s))+$/u.test(trimmed)) return null;
  let total = 0;
  for (const [, value, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/gu)) {
    total += Number(value) * (unitMs[unit ?? ''] ?? 0);
  }
  return total;
}

/** How long the server asks to wait: `retry-after-ms`, or `retry-after` in seconds or as an HTTP date. */
export function parseRetryAfter(headers: HeaderReader, now: number): number | null {
  const ms = Number.parseFloat(headers.get('retry-after-ms') ?? '');
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const text = headers.get('retry-after')?.trim();
  if (text === undefined || text === '') return null;
  if (/^\d+(?:\.\d+)?$/u.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** The `x-ratelimit-*` headers of the request limit; null unless all three are there and make sense. */
export function parseRateInfo(headers: HeaderReader): RateInfo | null {
  const limit = Number(headers.get('x-ratelimit-limit-requests') ?? Number.NaN);
  const remaining = Number(headers.get('x-ratelimit-remaining-requests') ?? Number.NaN);
  const resetMs = parseDuration(headers.get('x-ratelimit-reset-requests') ?? '');
  if (!Number.isFinite(limit) || !Number.isFinite(remaining) || resetMs === null) return null;
  if (limit < 1 || remaining < 0 || remaining > limit) return null;
  return { limit, remaining, resetMs };
}
