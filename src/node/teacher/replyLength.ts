import type { Usage } from '../../core/teaching/records.ts';

/** Replies whose median is compared, and with which. */
export const WINDOW = 20;
/** Earlier replies of which the median is what new ones are compared with: the last ones. */
export const EARLIER = 200;
/** Medians further apart than this, in either direction, are no chance. */
const FACTOR = 1.5;

/** One kind of request: the replies to others have lengths of their own. */
export interface LengthKind {
  readonly purpose: string;
  readonly templateHash: string;
  readonly form?: string | undefined;
}

/** Replies have become longer or shorter than those of their kind used to be. */
export interface LengthDrift {
  readonly before: number;
  readonly now: number;
}

interface Lengths {
  readonly first: number[];
  /** Where the next of `first` goes, once it is full. */
  next: number;
  /** The median of `first`; null until it is asked for, which is once in a run. */
  before: number | null;
  readonly last: number[];
  drifted: boolean;
}

/**
 * Notices when a teacher begins to write much more or much less than before: the median of the last replies against
 * that of the first ones, which are the latest on the disk where there are enough. A server that quietly changes its model,
 * its limits or its way of thinking often says so by nothing else.
 */
export class ReplyLength {
  readonly #kinds = new Map<string, Lengths>();

  /** A reply of an earlier run, or of an earlier round. */
  remember(kind: LengthKind, usage: Usage): void {
    const lengths = this.#of(kind, usage);
    lengths.first[lengths.next] = usage.completionTokens;
    lengths.next = (lengths.next + 1) % EARLIER;
    lengths.before = null;
  }

  /** Takes note of a whole new reply; what has changed, once each time that it changes. */
  hear(kind: LengthKind, usage: Usage): LengthDrift | null {
    const lengths = this.#of(kind, usage);
    if (lengths.first.length < WINDOW) {
      this.remember(kind, usage);
      return null;
    }
    lengths.last.push(usage.completionTokens);
    if (lengths.last.length > WINDOW) lengths.last.shift();
    if (lengths.last.length < WINDOW) return null;
    const before = (lengths.before ??= median(lengths.first));
    const now = median(lengths.last);
    const isFar = now > before * FACTOR || now * FACTOR < before;
    const isNew = isFar && !lengths.drifted;
    lengths.drifted = isFar;
    return isNew ? { before, now } : null;
  }

  /** Counted and guessed tokens are never compared with one another. */
  #of({ purpose, templateHash, form = 'sections' }: LengthKind, { estimated }: Usage): Lengths {
    const key = [purpose, templateHash, form, estimated].join(' ');
    const known = this.#kinds.get(key) ?? {
      first: [],
      next: 0,
      before: null,
      last: [],
      drifted: false,
    };
    this.#kinds.set(key, known);
    return known;
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
