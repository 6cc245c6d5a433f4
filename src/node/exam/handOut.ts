import type { EngineItem } from '../../core/exam/engineContract.ts';

function keyOf(questionId: string, sample: number): string {
  return `${sample}:${questionId}`;
}

/** Who has which item: what waits, what each engine process holds, and what came back. */
export class HandOut<Holder> {
  readonly total: number;
  private readonly waiting: EngineItem[];
  private readonly held = new Map<Holder, Map<string, EngineItem>>();
  private readonly finished = new Set<string>();

  /** Items of one question are brought together, so that one process computes their prompt once. */
  constructor(items: readonly EngineItem[]) {
    const groups = new Map<string, EngineItem[]>();
    for (const item of items) {
      const group = groups.get(item.questionId);
      if (group === undefined) groups.set(item.questionId, [item]);
      else group.push(item);
    }
    this.waiting = [...groups.values()].flat();
    this.total = items.length;
  }

  get done(): number {
    return this.finished.size;
  }

  get empty(): boolean {
    return this.waiting.length === 0;
  }

  /**
   * Gives a holder about `count` items in whole questions, but no more than its share of what is left, so that all
   * holders end at the same time.
   */
  take(holder: Holder, count: number, holders: number): EngineItem[] {
    const wanted = Math.min(count, Math.ceil(this.waiting.length / holders));
    let end = wanted;
    while (
      end > 0 &&
      end < this.waiting.length &&
      this.waiting[end]?.questionId === this.waiting[end - 1]?.questionId
    ) {
      end++;
    }
    const taken = this.waiting.splice(0, end);
    const mine = this.held.get(holder) ?? new Map<string, EngineItem>();
    for (const item of taken) mine.set(keyOf(item.questionId, item.sample), item);
    this.held.set(holder, mine);
    return taken;
  }

  /** Notes a result; false where the holder never had the item or it was finished before. */
  settle(holder: Holder, questionId: string, sample: number): boolean {
    const key = keyOf(questionId, sample);
    if (this.held.get(holder)?.delete(key) !== true || this.finished.has(key)) return false;
    this.finished.add(key);
    return true;
  }

  /** Takes back what a lost holder had not finished; these wait first in the queue. */
  reclaim(holder: Holder): EngineItem[] {
    const lost = [...(this.held.get(holder)?.values() ?? [])];
    this.held.delete(holder);
    this.waiting.unshift(...lost);
    return lost;
  }
}
