import type { FinishedAttempt } from '../core/exam/attempt.ts';
import { cancelled } from '../core/errors.ts';
import type { Candidates, ExamModel } from './examModel.ts';
import { drawKey, uniform, type DrawKey, type Sampler } from './sampler.ts';
import type { Finish, StopRules } from './stopRules.ts';

/** An item with its prompt as ids after the head. Items of one question share one `ids` array or an equal one. */
export interface QueuedItem {
  readonly questionId: string;
  readonly sample: number;
  readonly ids: readonly number[];
}

export interface SchedulerParts {
  readonly model: ExamModel;
  readonly sampler: Sampler;
  readonly stop: StopRules;
  readonly seed: string;
  /** Most rows decoded at once. */
  readonly slots: number;
  onFinished(attempt: FinishedAttempt): void;
  /** Called when the queue runs low and more may come; the answer arrives through `add`. */
  onNeed(count: number): void;
}

/** An attempt while it is written. */
interface Row {
  readonly item: QueuedItem;
  readonly key: DrawKey;
  readonly ids: number[];
  minMargin: number;
}

/** Prompts of one prefill run: enough to fill a core, few enough that progress and cancellation stay lively. */
const GROUP_TOKENS = 2048;
const GROUP_PROMPTS = 32;

/**
 * Continuous batching: finished rows make room for waiting items at once. Samples of one question are prefilled once.
 * What an attempt says depends on its item and the settings alone, never on the order or company in which it runs.
 */
export class Scheduler {
  private readonly parts: SchedulerParts;
  private readonly waiting: QueuedItem[] = [];
  private complete = false;
  private asked = false;
  private stopped = false;
  private wake: (() => void) | null = null;
  private rows: (Row | null)[];
  private tokens: Int32Array;
  private live = 0;
  private readonly counts = { finished: 0, tokens: 0, steps: 0 };

  constructor(parts: SchedulerParts) {
    this.parts = parts;
    this.rows = [];
    this.tokens = new Int32Array(0);
  }

  /** Items to run; `last` says that no more will come. */
  add(items: readonly QueuedItem[], last: boolean): void {
    this.waiting.push(...items);
    this.complete ||= last;
    this.asked = false;
    this.wake?.();
  }

  /** `run` rejects with `cancelled` after the step in progress. */
  cancel(): void {
    this.stopped = true;
    this.wake?.();
  }

  progress(): { finished: number; tokens: number; steps: number; live: number } {
    return { ...this.counts, live: this.live };
  }

  /** Runs until all items that were or will be added are finished. */
  async run(): Promise<void> {
    for (;;) {
      this.throwIfStopped();
      this.askForMore();
      if (this.mayAdmit()) await this.admit();
      else if (this.live > 0) await this.step();
      else if (this.complete && this.waiting.length === 0) return;
      else await this.moreOrStop();
    }
  }

  private throwIfStopped(): void {
    if (this.stopped) throw cancelled();
  }

  private askForMore(): void {
    const { slots } = this.parts;
    if (this.complete || this.asked || this.waiting.length > slots / 2) return;
    this.asked = true;
    this.parts.onNeed(slots);
  }

  private moreOrStop(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = () => {
        this.wake = null;
        resolve();
      };
    });
  }

  /** Small admissions would cost a prefill each, so a few rows are collected, unless nothing else is to do. */
  private mayAdmit(): boolean {
    const free = this.parts.slots - this.live;
    return (
      this.waiting.length > 0 && (this.live === 0 || free >= Math.max(1, this.parts.slots / 8))
    );
  }

  private async admit(): Promise<void> {
    const { model } = this.parts;
    const { items, prompts, promptOf } = this.nextGroup();
    const candidates = await model.prefill(prompts);
    const room = this.live + items.length;
    if (room > this.rows.length) this.resize(Math.min(this.parts.slots, roundUp(room)));
    let free = 0;
    for (const [index, item] of items.entries()) {
      const prompt = promptOf[index] ?? 0;
      const row: Row = {
        item,
        key: drawKey(this.parts.seed, item.questionId, item.sample),
        ids: [],
        minMargin: Infinity,
      };
      const finish = this.extend(row, candidates, prompt);
      if (finish !== null) {
        this.finish(row, finish);
        continue;
      }
      while (this.rows[free] !== null) free++;
      model.place(prompt, free);
      this.rows[free] = row;
      this.tokens[free] = row.ids.at(-1) ?? 0;
      this.live++;
    }
  }

  /** Takes waiting items for one prefill: as many as rows are free, each distinct prompt once. */
  private nextGroup(): { items: QueuedItem[]; prompts: (readonly number[])[]; promptOf: number[] } {
    const free = this.parts.slots - this.live;
    const items: QueuedItem[] = [];
    const prompts: (readonly number[])[] = [];
    const promptOf: number[] = [];
    let longest = 0;
    for (const item of this.waiting) {
      if (items.length === free) break;
      const previous = items.at(-1);
      const same = previous !== undefined && sameIds(previous.ids, item.ids);
      if (!same) {
        longest = Math.max(longest, item.ids.length);
        const full =
          longest * (prompts.length + 1) > GROUP_TOKENS || prompts.length === GROUP_PROMPTS;
        if (full && prompts.length > 0) break;
        prompts.push(item.ids);
      }
      promptOf.push(prompts.length - 1);
      items.push(item);
    }
    this.waiting.splice(0, items.length);
    return { items, prompts, promptOf };
  }

  private async step(): Promise<void> {
    const { model } = this.parts;
    const shrunk = roundUp(this.live);
    // Enough waits to fill the rows again, or the rows stay half empty until the end: then a smaller batch is cheaper.
    const tail = this.complete && this.waiting.length === 0;
    if (tail && shrunk <= this.rows.length / 2) this.resize(shrunk);
    const candidates = await model.decode(this.tokens);
    this.counts.steps++;
    for (const [index, row] of this.rows.entries()) {
      if (row === null) continue;
      const finish = this.extend(row, candidates, index);
      if (finish === null) this.tokens[index] = row.ids.at(-1) ?? 0;
      else {
        this.finish(row, finish);
        this.rows[index] = null;
        this.live--;
        model.clear(index);
      }
    }
  }

  /** Samples the next token of a row; says how the attempt ends, or null. */
  private extend(row: Row, candidates: Candidates, at: number): Finish | null {
    const { values, ids, width } = candidates;
    const pick = this.parts.sampler.pick(candidates, at, uniform(row.key, row.ids.length));
    const begin = at * width;
    const margin = (values[begin] ?? 0) - (values[begin + 1] ?? -Infinity);
    if (margin < row.minMargin) row.minMargin = margin;
    row.ids.push(ids[begin + pick] ?? 0);
    this.counts.tokens++;
    return this.parts.stop.check(row.ids);
  }

  private finish({ item, ids, minMargin }: Row, finish: Finish): void {
    this.counts.finished++;
    this.parts.onFinished({
      questionId: item.questionId,
      sample: item.sample,
      text: this.parts.stop.text(ids, finish),
      ids,
      finish,
      minMargin: Number.isFinite(minMargin) ? minMargin : null,
    });
  }

  private resize(size: number): void {
    const keep = this.rows.flatMap((row, index) => (row === null ? [] : [index]));
    this.parts.model.resize(size, keep);
    const rows: (Row | null)[] = new Array<Row | null>(size).fill(null);
    const tokens = new Int32Array(size);
    for (const [to, from] of keep.entries()) {
      rows[to] = this.rows[from] ?? null;
      tokens[to] = this.tokens[from] ?? 0;
    }
    this.rows = rows;
    this.tokens = tokens;
  }
}

/** Row counts are powers of two, so that resizing is rare. */
function roundUp(rows: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, rows)));
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((id, i) => b[i] === id));
}
