import { AppError, type ErrorCode, type Said } from '../../core/errors.ts';
import { withWords, type Text } from '../../core/sentence.ts';
import type { Parameter } from './dialect.ts';
import type { TransportReply } from './transportReply.ts';

/**
 * What happens after a failed request (teacher.md §5): `retry` it a few times, `wait` without using up a try, give up
 * on this `item`, or stop the whole `run`.
 */
export type FailureClass = 'retry' | 'wait' | 'item' | 'run';

export interface FailureParts {
  readonly class: FailureClass;
  readonly code: ErrorCode;
  readonly message: Text;
  readonly hint?: Text;
  readonly status?: number | null;
  readonly retryAfterMs?: number | null;
  /** The server may have done, and may charge, the work whose reply never arrived whole. */
  readonly possiblyBilled?: boolean;
  /** The parameter of the request that the server refuses, where it names one. */
  readonly parameter?: Parameter | null;
  /** What had arrived when it failed: paid for, kept, never used. */
  readonly partial?: TransportReply | null;
}

/** Whether a failed request had left this computer: then it counts as one, also where it cost nothing. */
export function hadLeft(failure: {
  readonly code: string;
  readonly possiblyBilled: boolean;
}): boolean {
  const { code, possiblyBilled } = failure;
  return possiblyBilled || (code !== 'teacher.network' && code !== 'teacher.tls');
}

/** One request that did not give a whole reply. Its message is safe to show once redacted. */
export class TeacherFailure extends Error {
  readonly class: FailureClass;
  readonly code: ErrorCode;
  readonly said: Said;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly possiblyBilled: boolean;
  readonly parameter: Parameter | null;
  readonly partial: TransportReply | null;

  constructor(parts: FailureParts) {
    super(String(parts.message));
    this.name = 'TeacherFailure';
    this.class = parts.class;
    this.code = parts.code;
    this.said = { message: parts.message, hint: parts.hint };
    this.status = parts.status ?? null;
    this.retryAfterMs = parts.retryAfterMs ?? null;
    this.possiblyBilled = parts.possiblyBilled ?? false;
    this.parameter = parts.parameter ?? null;
    this.partial = parts.partial ?? null;
  }

  /** The same failure with its words made safe to show and keep, and without what had arrived. */
  cleaned(redact: (text: string) => string): TeacherFailure {
    const { message, hint } = this.said;
    return new TeacherFailure({
      class: this.class,
      code: this.code,
      message: withWords(message, redact),
      ...(hint === undefined ? {} : { hint }),
      status: this.status,
      retryAfterMs: this.retryAfterMs,
      possiblyBilled: this.possiblyBilled,
      parameter: this.parameter,
    });
  }

  /** The same failure seen from outside: `item` for this request only, `run` when nothing more can be asked. */
  toAppError(scope: 'item' | 'run', detail: Readonly<Record<string, unknown>> = {}): AppError {
    const { message, hint } = this.said;
    return new AppError(this.code, message, {
      ...(hint === undefined ? {} : { hint }),
      detail: { ...detail, scope, status: this.status, retryAfterMs: this.retryAfterMs },
    });
  }
}
