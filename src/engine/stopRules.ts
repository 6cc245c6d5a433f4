import type { FinishedAttempt } from '../core/exam/attempt.ts';
import type { TokenBytes } from './tokenBytes.ts';

export type Finish = FinishedAttempt['finish'];

/** A run of tokens that comes back this often is a loop. */
const LOOP_LENGTH = 8;
const LOOP_TIMES = 4;

/** A whole line of the grader's form with something in it. */
const ANSWER_LINE = /(?:^|\n)[ \t]*Answer:[^\S\n]*\S[^\n]*\n/u;

export interface StopSettings {
  readonly eosIds: ReadonlySet<number>;
  readonly maxNewTokens: number;
  readonly stopAtAnswerLine: boolean;
}

/** Decides after each token whether an attempt is complete. */
export class StopRules {
  private readonly settings: StopSettings;
  private readonly bytes: TokenBytes;

  constructor(settings: StopSettings, bytes: TokenBytes) {
    this.settings = settings;
    this.bytes = bytes;
  }

  /** How the attempt ends with its newest token, or null. `ids` are all its tokens so far. */
  check(ids: readonly number[]): Finish | null {
    const newest = ids.at(-1);
    if (newest === undefined) return null;
    if (this.settings.eosIds.has(newest)) return 'eos';
    if (this.settings.stopAtAnswerLine && this.bytes.endsLine(newest)) {
      if (ANSWER_LINE.test(this.bytes.text(ids))) return 'stop';
    }
    if (ids.length >= this.settings.maxNewTokens) return 'length';
    return isLoop(ids) ? 'loop' : null;
  }

  /** The text of a finished attempt: every token but the end-of-sequence one. */
  text(ids: readonly number[], finish: Finish): string {
    return this.bytes.text(finish === 'eos' ? ids.slice(0, -1) : ids);
  }
}

/** Whether the newest 8 tokens have occurred 4 times, overlaps included. */
export function isLoop(ids: readonly number[]): boolean {
  const start = ids.length - LOOP_LENGTH;
  let times = 0;
  for (let at = start; at >= 0; at--) {
    let same = 0;
    while (same < LOOP_LENGTH && ids[at + same] === ids[start + same]) same++;
    if (same === LOOP_LENGTH && ++times === LOOP_TIMES) return true;
  }
  return false;
}
