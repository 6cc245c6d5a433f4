import type { Clock } from '../../core/ports.ts';
import { TEACHER_NAME } from '../../core/teaching/programmatic/answer.ts';
import { matches, type Fault, type FaultPlan, type FaultRule } from './faultPlan.ts';
import { FAULT_PROFILES } from './faultProfiles.ts';
import { RateBucket, type RateVerdict } from './rateBucket.ts';

export interface Decision {
  /** What goes wrong with this request; null for nothing. */
  readonly fault: Fault | null;
  /** Headers that a passed rate limit adds. */
  readonly headers: Readonly<Record<string, string>>;
  /** Set when a rate limit refuses the request. */
  readonly limited: RateVerdict | null;
}

/** Decides, request by request, which rule of a plan applies. Holds the plan's counters and buckets. */
export class FaultDesk {
  private readonly plan: FaultPlan;
  private readonly clock: Clock;
  private readonly used = new Map<FaultRule, number>();
  private readonly buckets = new Map<FaultRule, RateBucket>();
  private readonly byProfile = new Map<string, FaultRule[]>();
  private first: number | null = null;

  constructor(plan: FaultPlan, clock: Clock) {
    this.plan = plan;
    this.clock = clock;
    for (const [name, fault] of Object.entries(FAULT_PROFILES)) {
      this.byProfile.set(name, [{ match: {}, fault }]);
    }
    for (const [name, rules] of Object.entries(plan.profiles)) this.byProfile.set(name, rules);
  }

  /** Whether a model name is ours: the plain one, or with a known profile. */
  knowsModel(model: string): boolean {
    return model === TEACHER_NAME || this.profileOf(model) !== null;
  }

  private profileOf(model: string): FaultRule[] | null {
    const prefix = `${TEACHER_NAME}:`;
    return model.startsWith(prefix)
      ? (this.byProfile.get(model.slice(prefix.length)) ?? null)
      : null;
  }

  decide(request: {
    nth: number;
    model: string;
    questionId: string | null;
    tokens: number;
  }): Decision {
    const now = this.clock.now();
    this.first ??= now;
    const seen = { ...request, sinceFirst: now - this.first };
    let headers: Record<string, string> = {};
    for (const rule of [...(this.profileOf(request.model) ?? []), ...this.plan.rules]) {
      const count = this.used.get(rule) ?? 0;
      if ((rule.times !== undefined && count >= rule.times) || !matches(rule, seen)) continue;
      this.used.set(rule, count + 1);
      if (rule.fault.type !== 'rate') return { fault: rule.fault, headers, limited: null };
      const bucket = this.buckets.get(rule) ?? new RateBucket(rule.fault, now);
      this.buckets.set(rule, bucket);
      const verdict = bucket.take(now, request.tokens);
      headers = { ...headers, ...verdict.headers };
      if (!verdict.passed) return { fault: rule.fault, headers, limited: verdict };
    }
    return { fault: null, headers, limited: null };
  }
}
