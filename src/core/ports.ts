import type { Text } from './sentence.ts';

/** The members of the platform's AbortSignal that core uses (core compiles without DOM and Node types). */
export interface Signal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, or rejects with `cancelled` as soon as the signal aborts. */
  sleep(ms: number, signal?: Signal): Promise<void>;
}

export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** What long work tells the person. Counts are of items; `etaMs` is null while unknown. */
export interface Progress {
  readonly stage: Text;
  /** The set of questions that an exam is at. */
  readonly set?: string;
  readonly done: number;
  readonly total: number;
  readonly etaMs: number | null;
  readonly note?: Text;
}

export type Report = (progress: Progress) => void;
