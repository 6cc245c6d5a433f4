/** The K largest logits of each row: [rows, width], sorted, ties by lower id. */
export interface Candidates {
  readonly values: Float32Array;
  readonly ids: Int32Array;
  readonly width: number;
}

/**
 * What the scheduler needs of a student: rows of K/V that are prefilled, placed and decoded together. The results of a
 * row do not depend on the other rows, on its place or on spare room.
 */
export interface ExamModel {
  /** Longest sequence without the head: prompt and new tokens. */
  readonly maxTokens: number;
  /** Computes prompts (token ids after the head, at least one each) and keeps their K/V until the next prefill. */
  prefill(prompts: readonly (readonly number[])[]): Promise<Candidates>;
  /** Sets up `rows` rows with the old rows `keep` first, in this order. */
  resize(rows: number, keep: readonly number[]): void;
  /** Copies a prefilled prompt's K/V into an empty row. */
  place(prompt: number, row: number): void;
  clear(row: number): void;
  /** One step: `tokens[row]` is each row's newest token; K/V of rows that hold something is appended. */
  decode(tokens: Int32Array): Promise<Candidates>;
}
