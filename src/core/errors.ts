import { sentence, type Text } from './sentence.ts';

/** Every way in which Tailor fails on purpose. The command line maps codes to exit codes, the extension to notifications. */
export type ErrorCode =
  | 'cancelled'
  | 'unexpected'
  | 'usage'
  | 'project.missing'
  | 'project.invalid'
  | 'project.exists'
  | 'project.unsafePath'
  | 'data.invalid'
  | 'data.missing'
  | 'jsonl.badLine'
  | 'store.diskFull'
  | 'store.denied'
  | 'store.missing'
  | 'store.io'
  | 'store.stale'
  | 'store.newerVersion'
  | 'lock.held'
  | 'lock.otherHost'
  | 'lock.lost'
  | 'round.notReady'
  | 'round.frozen'
  | 'round.notFrozen'
  | 'round.changed'
  | 'student.modelMissing'
  | 'student.unsupported'
  | 'student.invalid'
  | 'student.parity'
  | 'student.unknownProfile'
  | 'student.auth'
  | 'student.server'
  | 'student.capability'
  | 'student.notServed'
  | 'student.budget'
  | 'engine.crashed'
  | 'engine.load'
  | 'teacher.unknownProfile'
  | 'teacher.auth'
  | 'teacher.payment'
  | 'teacher.model'
  | 'teacher.tls'
  | 'teacher.redirect'
  | 'teacher.network'
  | 'teacher.rateLimited'
  | 'teacher.server'
  | 'teacher.timeout.firstToken'
  | 'teacher.timeout.idle'
  | 'teacher.timeout.total'
  | 'teacher.malformed'
  | 'teacher.unfinished'
  | 'teacher.context'
  | 'teacher.filtered'
  | 'teacher.budget'
  | 'teacher.notAgreed'
  | 'teacher.badRequest'
  | 'teacher.template'
  | 'python.missing'
  | 'python.untrusted'
  | 'trainer.depsMissing'
  | 'trainer.badConfig'
  | 'trainer.dataInvalid'
  | 'trainer.modelLoad'
  | 'trainer.oom'
  | 'trainer.nonFinite'
  | 'trainer.diskFull'
  | 'trainer.checkpointMismatch'
  | 'trainer.crashed'
  | 'trainer.killed'
  | 'trainer.cancelled'
  | 'trainer.noHello'
  | 'trainer.protocol'
  | 'trainer.notRunning'
  | 'trust.required';

export interface ErrorParts {
  /** What the person can do about it, one sentence. */
  readonly hint?: Text;
  readonly cause?: unknown;
  /** Facts for the log and for machines: file, line, field, status. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** What a failure says, for whoever says it in another language. */
export interface Said {
  readonly message: Text;
  readonly hint: Text | undefined;
}

/** Whether a failure keeps its sentences. */
export function isSaid(error: unknown): error is Error & { readonly said: Said } {
  return error instanceof Error && 'said' in error;
}

/**
 * A failure that Tailor foresaw: one sentence says what happened, the hint what to do. `message` and `hint` are English,
 * for logs and the terminal; `said` keeps what can be said in another language.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly said: Said;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: Text, parts: ErrorParts = {}) {
    super(String(message), parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = 'AppError';
    this.code = code;
    this.hint = parts.hint === undefined ? undefined : String(parts.hint);
    this.said = { message, hint: parts.hint };
    this.detail = parts.detail ?? {};
  }
}

export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/** What happened, whoever tells it: sentences can still be said in another language. */
export function textOf(error: unknown): Text {
  if (isSaid(error)) return error.said.message;
  return error instanceof Error ? error.message : String(error);
}

export function cancelled(): AppError {
  return new AppError('cancelled', sentence`Stopped on request.`);
}
