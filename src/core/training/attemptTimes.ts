import type { TrainerEvent } from './events.ts';

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * How long the attempts of a run took by the trainer's own records: each from its first record, which it writes as it
 * starts, to its last. What somebody waited for before it started, or between two attempts, is no training.
 */
export class AttemptTimes {
  readonly #spans = new Map<number, Span>();

  take({ attempt, t }: Pick<TrainerEvent, 'attempt' | 't'>): void {
    const at = Date.parse(t);
    if (Number.isNaN(at)) return;
    const { from, to } = this.#spans.get(attempt) ?? { from: at, to: at };
    this.#spans.set(attempt, { from: Math.min(from, at), to: Math.max(to, at) });
  }

  get seconds(): number {
    return [...this.#spans.values()].reduce((sum, { from, to }) => sum + (to - from) / 1000, 0);
  }
}
