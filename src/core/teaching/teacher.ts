import type { Signal } from '../ports.ts';
import type { Purpose, TeacherReply } from './records.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** One question to the teacher. The same fields and draw always give the same cache key. */
export interface TeacherRequest {
  readonly purpose: Purpose;
  readonly questionId: string;
  /** "Ask again" is draw + 1; a draw is never overwritten. */
  readonly draw: number;
  readonly messages: readonly ChatMessage[];
  readonly templateId: string;
  readonly templateHash: string;
  readonly temperature: number;
  readonly maxTokens: number;
  /** Asked for as one JSON object; as labelled lines where this is absent. */
  readonly form?: 'json';
}

export interface TeacherSpending {
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Requests that were sent and of which nobody can tell what they were billed. */
  readonly possiblyBilled: number;
  readonly cacheHits: number;
  /** What counts against the round's money, in the currency of the prices; absent where none are known. */
  readonly cost?: number;
}

/**
 * Port: a teacher that answers, or rejects with a `teacher.*` error whose `detail.scope` is `item` (this request only)
 * or `run` (nothing more can be asked). Replies are journalled before they return.
 */
export interface Teacher {
  readonly profile: string;
  /** Everything this teacher writes is labelled programmatic. */
  readonly programmatic: boolean;
  ask(request: TeacherRequest, signal: Signal): Promise<TeacherReply>;
  spending(): TeacherSpending;
  /** The reply to this very request where one is kept; never asks. */
  stored?(request: TeacherRequest): TeacherReply | undefined;
  /** Whether the server answered this with another model or fingerprint than the round's first reply. */
  drifted?(reply: TeacherReply): boolean;
}
