import type { Candidates, ExamModel } from '../../src/engine/examModel.ts';

const WIDTH = 4;
const VOCAB = 50;

/**
 * A student without arithmetic: the next candidates are a hash of everything a row has read, so a row that is mixed up
 * with another, placed wrongly or fed twice says something else at once.
 */
export class FakeExamModel implements ExamModel {
  readonly maxTokens = 500;
  /** What each call was, for tests of the order of work. */
  readonly calls: string[] = [];
  private rows: (number[] | null)[] = [];
  private prompts: (readonly number[])[] = [];

  prefill(prompts: readonly (readonly number[])[]): Promise<Candidates> {
    this.calls.push(`prefill ${prompts.length}`);
    this.prompts = [...prompts];
    return Promise.resolve(candidates(prompts));
  }

  resize(rows: number, keep: readonly number[]): void {
    this.calls.push(`resize ${rows}`);
    const kept = keep.map((row) => this.rows[row] ?? null);
    if (kept.length > rows) throw new Error('a live row was dropped');
    this.rows = Array.from({ length: rows }, (_, i) => kept[i] ?? null);
  }

  place(prompt: number, row: number): void {
    const ids = this.prompts[prompt];
    if (ids === undefined) throw new Error('no such prompt');
    if (row >= this.rows.length || this.rows[row] !== null) throw new Error('the row is not free');
    this.rows[row] = [...ids];
  }

  clear(row: number): void {
    this.rows[row] = null;
  }

  decode(tokens: Int32Array): Promise<Candidates> {
    this.calls.push(`decode ${this.rows.length}`);
    this.rows.forEach((row, i) => row?.push(tokens[i] ?? -1));
    return Promise.resolve(candidates(this.rows.map((row) => row ?? [0])));
  }
}

function candidates(rows: readonly (readonly number[])[]): Candidates {
  const values = new Float32Array(rows.length * WIDTH);
  const ids = new Int32Array(rows.length * WIDTH);
  rows.forEach((row, r) => {
    let hash = 17;
    for (const id of row) hash = (Math.imul(hash, 31) + id + 7) | 0;
    for (let k = 0; k < WIDTH; k++) {
      values[r * WIDTH + k] = 1 - k * 0.2;
      ids[r * WIDTH + k] = ((hash >>> (4 * k)) + k) % VOCAB;
    }
  });
  return { values, ids, width: WIDTH };
}
