import { AppError } from '../core/errors.ts';
import { sentence } from '../core/sentence.ts';
import { IO } from './attention.ts';
import type { Candidates, ExamModel } from './examModel.ts';
import { buildStudentGraph } from './graph.ts';
import type { WeightFiles } from './safetensors.ts';
import { f32Tensor, GraphSession, i64Tensor, type Feeds, type Outputs } from './session.ts';
import { BLOCKED, KvSlots, newKvOf, type KvShape, type NewKv } from './slots.ts';
import type { StudentConfig } from '../core/exam/studentConfig.ts';

/** Longest piece of a prompt in one run by default. Borders follow from the prompt alone, as they regroup sums. */
const CHUNK = 256;
/** Row capacities are multiples of this. */
const BUCKET = 32;
/** Rotary tables and prompts end here; longer contexts are not an exam's. */
const MAX_POSITIONS = 8192;

export interface ModelOptions {
  readonly candidates: number;
  /** Token ids of the shared head; may be empty. */
  readonly head: readonly number[];
  readonly threads: number;
  /** Longest piece of a prompt in one run (default 256); another value may give other bits. */
  readonly chunk?: number;
}

/** A batch in onnxruntime's terms: reused while its shape stays. */
class BatchInput {
  readonly feeds: Feeds;
  private readonly ids: Int32Array;
  private readonly positions: Int32Array;
  private readonly last: Int32Array;
  private readonly length: number;

  constructor(rows: number, length: number) {
    this.length = length;
    const ids = new BigInt64Array(rows * length);
    const positions = new BigInt64Array(rows * length);
    const last = new BigInt64Array(rows);
    // Low words of the little-endian int64 values: BigInt writes are slow, and no id or position needs the high word.
    this.ids = new Int32Array(ids.buffer);
    this.positions = new Int32Array(positions.buffer);
    this.last = new Int32Array(last.buffer);
    const causal = new Float32Array(length * length);
    for (let s = 0; s < length; s++) causal.fill(BLOCKED, s * length + s + 1, (s + 1) * length);
    this.feeds = {
      [IO.ids]: i64Tensor(ids, [rows, length]),
      [IO.positions]: i64Tensor(positions, [rows, length]),
      [IO.last]: i64Tensor(last, [rows, 1]),
      [IO.maskNew]: f32Tensor(causal, [length, length]),
    };
  }

  /** Fills a row, right-padded with id 0; pads repeat the last position, which keeps it inside the tables. */
  setRow(row: number, ids: readonly number[], position: number): void {
    const base = row * this.length;
    for (let s = 0; s < this.length; s++) {
      this.ids[2 * (base + s)] = ids[s] ?? 0;
      this.positions[2 * (base + s)] = position + Math.min(s, ids.length - 1);
    }
    this.last[2 * row] = ids.length - 1;
  }

  /** The same for one new token. */
  setToken(row: number, id: number, position: number): void {
    this.ids[2 * row] = id;
    this.positions[2 * row] = position;
  }
}

/** A student on the cascade graph. */
export class CascadeModel implements ExamModel {
  readonly maxTokens: number;
  private readonly session: GraphSession;
  private readonly shape: KvShape;
  /** Least rows of a run: 2 where a single row would take another kernel for the head's block (no grouped heads). */
  private readonly minRows: number;
  private readonly headLength: number;
  private readonly chunk: number;
  private headFeeds: Feeds = {};
  private slots: KvSlots;
  private step: BatchInput | null = null;
  private prefilled: { kv: NewKv; lengths: number[] } | null = null;
  /** Prefilled rows that had to go in chunks, by prompt index. */
  private longRows = new Map<number, KvSlots>();

  static async load(
    config: StudentConfig,
    weights: WeightFiles,
    options: ModelOptions,
  ): Promise<CascadeModel> {
    const positions = Math.min(config.maxPositions, MAX_POSITIONS);
    if (options.head.length >= positions) {
      throw new AppError('usage', sentence`The fixed head alone fills the student’s context.`, {
        hint: sentence`Shorten the head or use fewer demonstrations.`,
        detail: { headTokens: options.head.length, positions },
      });
    }
    const graph = buildStudentGraph(config, weights.tensors, {
      withHead: options.head.length > 0,
      positions,
      candidates: options.candidates,
    });
    const session = await GraphSession.load(graph, {
      dataFolder: weights.folder,
      threads: options.threads,
    });
    const model = new CascadeModel(session, config, positions, options);
    await model.computeHead(options.head);
    return model;
  }

  private constructor(
    session: GraphSession,
    config: StudentConfig,
    positions: number,
    options: ModelOptions,
  ) {
    this.session = session;
    this.shape = config;
    this.headLength = options.head.length;
    this.chunk = options.chunk ?? CHUNK;
    this.maxTokens = positions - this.headLength;
    this.minRows = this.headLength > 0 && config.heads === config.kvHeads ? 2 : 1;
    this.slots = new KvSlots(this.shape, this.minRows, BUCKET);
  }

  async prefill(prompts: readonly (readonly number[])[]): Promise<Candidates> {
    const lengths = prompts.map((prompt) => prompt.length);
    const tooLong = lengths.find((length) => length > this.maxTokens);
    if (tooLong !== undefined) throw new RangeError(`a prompt of ${tooLong} tokens does not fit`);
    this.longRows = new Map();
    this.prefilled = null;
    const short = prompts.map((prompt) =>
      prompt.length > this.chunk ? prompt.slice(0, 1) : prompt,
    );
    // A run of one token would take the matrix-vector kernel: never fewer than two positions.
    const length = Math.max(2, ...short.map((prompt) => prompt.length));
    const rows = Math.max(this.minRows, prompts.length);
    const batch = new BatchInput(rows, length);
    short.forEach((prompt, row) => batch.setRow(row, prompt, this.headLength));
    const outputs = await this.run(batch, new KvSlots(this.shape, rows, 0));
    this.prefilled = { kv: newKvOf(outputs, this.shape, length), lengths };
    const candidates = candidatesOf(outputs, rows);
    for (const [index, prompt] of prompts.entries()) {
      if (prompt.length <= this.chunk) continue;
      const { slots, last } = await this.inChunks(prompt, this.headLength);
      this.longRows.set(index, slots);
      candidates.values.set(last.values.subarray(0, last.width), index * last.width);
      candidates.ids.set(last.ids.subarray(0, last.width), index * last.width);
    }
    return candidates;
  }

  resize(rows: number, keep: readonly number[]): void {
    const longest = Math.max(0, ...keep.map((row) => this.slots.used[row] ?? 0));
    this.relayout(Math.max(this.minRows, rows), longest + 1, keep);
  }

  place(prompt: number, row: number): void {
    const { prefilled } = this;
    const length = prefilled?.lengths[prompt];
    if (prefilled === null || length === undefined) throw new RangeError('nothing was prefilled');
    this.reserve(length + 1);
    const long = this.longRows.get(prompt);
    if (long !== undefined) this.slots.copyRow(row, long, 0);
    else this.slots.append(row, prefilled.kv, prompt, length);
  }

  clear(row: number): void {
    this.slots.clear(row);
  }

  async decode(tokens: Int32Array): Promise<Candidates> {
    const { used, rows } = this.slots;
    let longest = 0;
    for (const count of used) longest = Math.max(longest, count);
    this.reserve(longest + 1);
    const batch = (this.step ??= new BatchInput(rows, 1));
    for (let row = 0; row < rows; row++) {
      batch.setToken(row, tokens[row] ?? 0, this.headLength + (used[row] ?? 0));
    }
    const outputs = await this.run(batch, this.slots);
    const kv = newKvOf(outputs, this.shape, 1);
    const target = this.slots;
    for (let row = 0; row < rows; row++) {
      if ((target.used[row] ?? 0) > 0) target.append(row, kv, row, 1);
    }
    return candidatesOf(outputs, rows);
  }

  release(): Promise<void> {
    return this.session.release();
  }

  private async computeHead(head: readonly number[]): Promise<void> {
    if (head.length === 0) return;
    this.setHead([], [], 0);
    const { slots } = await this.inChunks(head, 0);
    const { k, v, length } = slots.asHead(0);
    this.setHead(k, v, length);
  }

  private setHead(k: readonly Float32Array[], v: readonly Float32Array[], length: number): void {
    const { layers, kvHeads, headDim } = this.shape;
    const dims = [kvHeads, length, headDim];
    const empty = new Float32Array(0);
    for (let l = 0; l < layers; l++) {
      this.headFeeds[IO.headK(l)] = f32Tensor(k[l] ?? empty, dims);
      this.headFeeds[IO.headV(l)] = f32Tensor(v[l] ?? empty, dims);
    }
  }

  /** A row alone, piece by piece, from `position` on. */
  private async inChunks(
    ids: readonly number[],
    position: number,
  ): Promise<{ slots: KvSlots; last: Candidates }> {
    const capacity = Math.ceil(ids.length / BUCKET) * BUCKET;
    const slots = new KvSlots(this.shape, this.minRows, capacity);
    let last: Candidates | null = null;
    for (let at = 0; at < ids.length; at += this.chunk) {
      const piece = ids.slice(at, at + this.chunk);
      const batch = new BatchInput(this.minRows, Math.max(2, piece.length));
      batch.setRow(0, piece, position + at);
      const past = at === 0 ? new KvSlots(this.shape, this.minRows, 0) : slots;
      const outputs = await this.run(batch, past);
      slots.append(0, newKvOf(outputs, this.shape, Math.max(2, piece.length)), 0, piece.length);
      last = candidatesOf(outputs, this.minRows);
    }
    if (last === null) throw new RangeError('an empty prompt has no next token');
    return { slots, last };
  }

  private run(batch: BatchInput, past: KvSlots): Promise<Outputs> {
    return this.session.run({ ...batch.feeds, ...past.feeds, ...this.headFeeds });
  }

  private reserve(tokens: number): void {
    if (tokens <= this.slots.capacity) return;
    this.relayout(
      this.slots.rows,
      tokens,
      Array.from({ length: this.slots.rows }, (_, i) => i),
    );
  }

  private relayout(rows: number, tokens: number, keep: readonly number[]): void {
    const next = new KvSlots(this.shape, rows, Math.ceil(tokens / BUCKET) * BUCKET);
    keep.forEach((from, row) => next.copyRow(row, this.slots, from));
    if (rows !== this.slots.rows) this.step = null;
    this.slots = next;
  }
}

function candidatesOf(outputs: Outputs, rows: number): Candidates {
  const values = outputs.f32(IO.topValues);
  return { values, ids: outputs.i32(IO.topIds), width: values.length / rows };
}
