import { f32Tensor, type Feeds, type Outputs } from './session.ts';
import { IO } from './attention.ts';

/** Added to a score that must not count: exp() of it is an exact zero, and unlike −∞ it never makes a NaN. */
export const BLOCKED = -1e30;

/** Sizes of a student's K/V: floats per token and layer are kvHeads · headDim, once for K and once for V. */
export interface KvShape {
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/** The new K and V of one run, [rows, kvHeads, length, headDim] per layer. */
export interface NewKv {
  readonly k: readonly Float32Array[];
  readonly v: readonly Float32Array[];
  /** Padded length of the run's rows. */
  readonly length: number;
}

/** Takes the new K/V out of a run's outputs. */
export function newKvOf(outputs: Outputs, { layers }: KvShape, length: number): NewKv {
  const layer = Array.from({ length: layers }, (_, l) => l);
  return {
    k: layer.map((l) => outputs.f32(IO.newK(l))),
    v: layer.map((l) => outputs.f32(IO.newV(l))),
    length,
  };
}

/**
 * K/V caches of the rows that are decoded together: [rows, kvHeads, 1, capacity, headDim] per layer, owned here and read
 * by onnxruntime through pointers. Rows fill independently; `mask` blocks what a row has not filled.
 */
export class KvSlots {
  readonly rows: number;
  readonly capacity: number;
  /** Tokens in each row. */
  readonly used: Int32Array;
  /** [rows, capacity], 0 or BLOCKED. */
  readonly mask: Float32Array;
  /** Tensors over the caches and the mask, made once. */
  readonly feeds: Feeds;
  private readonly shape: KvShape;
  private readonly k: Float32Array[];
  private readonly v: Float32Array[];

  constructor(shape: KvShape, rows: number, capacity: number) {
    this.shape = shape;
    this.rows = rows;
    this.capacity = capacity;
    this.used = new Int32Array(rows);
    this.mask = new Float32Array(rows * capacity).fill(BLOCKED);
    const size = rows * shape.kvHeads * capacity * shape.headDim;
    const dims = [rows, shape.kvHeads, 1, capacity, shape.headDim];
    this.k = Array.from({ length: shape.layers }, () => new Float32Array(size));
    this.v = Array.from({ length: shape.layers }, () => new Float32Array(size));
    this.feeds = { [IO.maskPast]: f32Tensor(this.mask, [rows, 1, 1, 1, capacity]) };
    for (const [l, data] of this.k.entries()) this.feeds[IO.pastK(l)] = f32Tensor(data, dims);
    for (const [l, data] of this.v.entries()) this.feeds[IO.pastV(l)] = f32Tensor(data, dims);
  }

  /** Appends the first `count` new tokens of run row `from` to `row`. */
  append(row: number, kv: NewKv, from: number, count: number): void {
    const at = this.used[row] ?? 0;
    if (at + count > this.capacity) throw new RangeError('the slot is full');
    const { kvHeads, headDim } = this.shape;
    const copy = (target: Float32Array, source: Float32Array): void => {
      for (let h = 0; h < kvHeads; h++) {
        const begin = (from * kvHeads + h) * kv.length * headDim;
        const end = begin + count * headDim;
        const to = ((row * kvHeads + h) * this.capacity + at) * headDim;
        if (count === 1) {
          // A plain loop beats subarray + set for one token's few floats.
          for (let i = 0; i < headDim; i++) target[to + i] = source[begin + i] ?? 0;
        } else target.set(source.subarray(begin, end), to);
      }
    };
    this.eachCache(kv.k, kv.v, copy);
    this.setUsed(row, at + count);
  }

  /** Empties a row; its old K/V stays in memory, blocked. */
  clear(row: number): void {
    this.setUsed(row, 0);
  }

  /** Copies the contents of `other`'s row into this (empty) row. */
  copyRow(row: number, other: KvSlots, from: number): void {
    const count = other.used[from] ?? 0;
    if (count > this.capacity) throw new RangeError('the slot is full');
    const { kvHeads, headDim } = this.shape;
    const copy = (target: Float32Array, source: Float32Array): void => {
      for (let h = 0; h < kvHeads; h++) {
        const begin = (from * kvHeads + h) * other.capacity * headDim;
        const to = (row * kvHeads + h) * this.capacity * headDim;
        target.set(source.subarray(begin, begin + count * headDim), to);
      }
    };
    this.eachCache(other.k, other.v, copy);
    this.setUsed(row, count);
  }

  /** One row's K/V as the shared head's tensors, [kvHeads, length, headDim]. */
  asHead(row: number): { k: Float32Array[]; v: Float32Array[]; length: number } {
    const { kvHeads, headDim } = this.shape;
    const length = this.used[row] ?? 0;
    const cut = (source: Float32Array): Float32Array => {
      const data = new Float32Array(kvHeads * length * headDim);
      for (let h = 0; h < kvHeads; h++) {
        const begin = (row * kvHeads + h) * this.capacity * headDim;
        data.set(source.subarray(begin, begin + length * headDim), h * length * headDim);
      }
      return data;
    };
    return { k: this.k.map(cut), v: this.v.map(cut), length };
  }

  private eachCache(
    k: readonly Float32Array[],
    v: readonly Float32Array[],
    copy: (target: Float32Array, source: Float32Array) => void,
  ): void {
    for (let l = 0; l < this.shape.layers; l++) {
      const [targetK, targetV, sourceK, sourceV] = [this.k[l], this.v[l], k[l], v[l]];
      if (targetK !== undefined && sourceK !== undefined) copy(targetK, sourceK);
      if (targetV !== undefined && sourceV !== undefined) copy(targetV, sourceV);
    }
  }

  private setUsed(row: number, used: number): void {
    const before = this.used[row] ?? 0;
    const at = row * this.capacity;
    if (used > before) this.mask.fill(0, at + before, at + used);
    else this.mask.fill(BLOCKED, at + used, at + before);
    this.used[row] = used;
  }
}
