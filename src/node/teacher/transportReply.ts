import type { Usage } from '../../core/teaching/records.ts';

/** What came back over the wire, raw. Complete only with finish reason `stop`, whole and not empty. */
export interface TransportReply {
  readonly text: string;
  readonly finishReason: string | null;
  /** Null when the server sent none or nonsense. */
  readonly usage: Usage | null;
  readonly responseModel: string | null;
  readonly fingerprint: string | null;
  readonly overlong: boolean;
  /** UTF-8 bytes that were thought in a field of their own: billed, and no part of the text. */
  readonly thoughtBytes: number;
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
}
