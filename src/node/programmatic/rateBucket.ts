import type { Fault } from './faultPlan.ts';

type RateFault = Extract<Fault, { type: 'rate' }>;

export interface RateVerdict {
  readonly passed: boolean;
  /** Until the next request would pass, in milliseconds. */
  readonly waitMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** A duration as providers write it: `120ms`, `1.5s`, `6m0s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  if (ms < 60_000) return `${Math.ceil(ms / 10) / 100}s`;
  return `${Math.floor(ms / 60_000)}m${Math.ceil((ms % 60_000) / 1000)}s`;
}

/** Two token buckets, of requests and of tokens; a refused request takes nothing. */
export class RateBucket {
  private readonly fault: RateFault;
  private readonly burst: number;
  private requests: number;
  private tokens: number;
  private at: number;

  constructor(fault: RateFault, now: number) {
    this.fault = fault;
    this.burst = fault.burst ?? Math.max(1, Math.floor(fault.requestsPerSecond));
    this.requests = this.burst;
    this.tokens = fault.tokensPerMinute ?? 0;
    this.at = now;
  }

  take(now: number, tokens: number): RateVerdict {
    const { requestsPerSecond: rate, tokensPerMinute: perMinute } = this.fault;
    const elapsed = Math.max(0, now - this.at);
    this.at = now;
    this.requests = Math.min(this.burst, this.requests + (elapsed * rate) / 1000);
    if (perMinute !== undefined) {
      this.tokens = Math.min(perMinute, this.tokens + (elapsed * perMinute) / 60_000);
    }
    const missingRequests = Math.max(0, 1 - this.requests);
    const wanted = Math.min(tokens, perMinute ?? 0);
    const missingTokens = perMinute === undefined ? 0 : Math.max(0, wanted - this.tokens);
    const requestMs = (missingRequests * 1000) / rate;
    const tokenMs = perMinute === undefined ? 0 : (missingTokens * 60_000) / perMinute;
    const passed = missingRequests === 0 && missingTokens === 0;
    if (passed) {
      this.requests -= 1;
      this.tokens -= wanted;
    }
    const waitMs = Math.max(requestMs, tokenMs);
    return { passed, waitMs, headers: this.headers(passed, waitMs) };
  }

  private headers(passed: boolean, waitMs: number): Record<string, string> {
    const { requestsPerSecond: rate, tokensPerMinute: perMinute } = this.fault;
    const headers: Record<string, string> = {};
    if (this.fault.headers) {
      headers['x-ratelimit-limit-requests'] = String(this.burst);
      headers['x-ratelimit-remaining-requests'] = String(Math.floor(this.requests));
      headers['x-ratelimit-reset-requests'] = duration(
        ((this.burst - this.requests) * 1000) / rate,
      );
      if (perMinute !== undefined) {
        headers['x-ratelimit-limit-tokens'] = String(perMinute);
        headers['x-ratelimit-remaining-tokens'] = String(Math.floor(this.tokens));
        headers['x-ratelimit-reset-tokens'] = duration(
          ((perMinute - this.tokens) * 60_000) / perMinute,
        );
      }
    }
    if (!passed && this.fault.retryAfter) headers['retry-after'] = String(Math.ceil(waitMs / 1000));
    return headers;
  }
}
