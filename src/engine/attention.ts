import type { GraphWriter } from './onnxWriter.ts';
import type { Weights } from './linear.ts';
import { ROPE } from './rope.ts';
import type { StudentConfig } from '../core/exam/studentConfig.ts';

/** Names of the graph's inputs and outputs; the K/V ones are per layer. */
export const IO = {
  ids: 'ids',
  positions: 'pos',
  last: 'last',
  maskPast: 'mask_past',
  maskNew: 'mask_new',
  topValues: 'topv',
  topIds: 'topi',
  pastK: (layer: number): string => `pk${layer}`,
  pastV: (layer: number): string => `pv${layer}`,
  headK: (layer: number): string => `fk${layer}`,
  headV: (layer: number): string => `fv${layer}`,
  newK: (layer: number): string => `nk${layer}`,
  newV: (layer: number): string => `nv${layer}`,
} as const;

/** [B, KV, R, S, D] ↔ [KV, B, R, S, D]: the shared head has no batch axis, so all rows' queries meet it in one product. */
const SWAP_BATCH = [1, 0, 2, 3, 4];
/** [B, S, KV, R, D] → [B, KV, R, S, D]. */
const SPLIT_HEADS = [0, 2, 3, 1, 4];
/** [B, KV, R, S, D] → [B, S, KV, R, D]. */
const JOIN_HEADS = [0, 3, 1, 2, 4];

/**
 * Cascade attention: scores against the shared head, the new tokens and the slot's past are separate products under
 * one softmax, so no K/V is ever concatenated or returned but that of the new tokens.
 * R query heads share one KV head; K and V are [B, KV, 1, P, D] and broadcast over R.
 */
export class CascadeAttention {
  private readonly g: GraphWriter;
  private readonly config: StudentConfig;
  private readonly weights: Weights;
  private readonly withHead: boolean;
  /** Length of the new block as a 1-element shape. */
  private readonly sequence: string;
  private headShape: { rows: string; rowCount: string } | null = null;

  constructor(g: GraphWriter, config: StudentConfig, weights: Weights, withHead: boolean) {
    this.g = g;
    this.config = config;
    this.weights = weights;
    this.withHead = withHead;
    this.sequence = g.node('Shape', [IO.ids], { start: 1, end: 2 });
  }

  /** x [B, S, hidden] → the heads' mix [B, S, heads · D], before o_proj. */
  apply(x: string, layer: number, at: string): string {
    const { g, config } = this;
    const { heads, kvHeads, headDim } = config;
    const q = this.rotate(this.turned(x, `${at}.self_attn.q`, heads), ROPE.cosQ, ROPE.sinQ);
    const k = this.rotate(this.turned(x, `${at}.self_attn.k`, kvHeads), ROPE.cos, ROPE.sin);
    const v = this.weights.linear(x, `${at}.self_attn.v_proj`);
    const queries = this.byHead(q, heads / kvHeads);
    const newK = this.byHead(k, 1);
    const newV = this.byHead(v, 1);
    const pastK = g.input(IO.pastK(layer), 'f32', ['B', kvHeads, 1, 'P', headDim]);
    const pastV = g.input(IO.pastV(layer), 'f32', ['B', kvHeads, 1, 'P', headDim]);

    // The past comes last: a slot's spare room is then a tail of exact zeros, and the bits do not depend on it.
    const scores = [
      g.node('Add', [this.scores(queries, newK), IO.maskNew]),
      g.node('Add', [this.scores(queries, pastK), IO.maskPast]),
    ];
    const sizes = [this.sequence, g.node('Shape', [pastV], { start: 3, end: 4 })];
    const values = [newV, pastV];
    const head = this.withHead ? this.headBlock(queries, layer) : null;
    if (head !== null) {
      scores.unshift(head.scores);
      sizes.unshift(head.length);
    }
    const weights = g.node('Softmax', [g.node('Concat', scores, { axis: -1 })], { axis: -1 });
    const parts = scores.map(() => g.fresh());
    g.nodes('Split', [weights, g.node('Concat', sizes, { axis: 0 })], parts, { axis: -1 });
    const own = parts.slice(-2).map((part, i) => g.node('MatMul', [part, values[i] ?? newV]));
    let mixed = g.node('Add', own);
    if (head !== null) mixed = g.node('Add', [mixed, head.mix(parts[0] ?? '')]);

    this.returnKv(newK, IO.newK(layer));
    this.returnKv(newV, IO.newV(layer));
    const joined = g.node('Transpose', [mixed], { perm: JOIN_HEADS });
    return g.node('Reshape', [joined, g.ints([0, 0, heads * headDim])]);
  }

  /** The block against the shared head: one product over the whole batch, per KV head. */
  private headBlock(
    queries: string,
    layer: number,
  ): { scores: string; length: string; mix: (weights: string) => string } {
    const { g } = this;
    const { kvHeads, headDim } = this.config;
    const headK = g.input(IO.headK(layer), 'f32', [kvHeads, 'LP', headDim]);
    const headV = g.input(IO.headV(layer), 'f32', [kvHeads, 'LP', headDim]);
    const length = g.node('Shape', [headK], { start: 1, end: 2 });
    const { rows, rowCount } = (this.headShape ??= this.makeHeadShape(queries));
    const kv = g.ints([kvHeads]);
    const shape = (parts: readonly string[]): string => g.node('Concat', parts, { axis: 0 });
    const swap = (t: string): string => g.node('Transpose', [t], { perm: SWAP_BATCH });
    // allowzero: the head may be empty while it is computed itself, and 0 would mean "copy the dimension".
    const reshape = (t: string, to: string): string => g.node('Reshape', [t, to], { allowzero: 1 });

    const flat = g.node('Reshape', [swap(queries), g.ints([kvHeads, -1, headDim])]);
    const scores = swap(reshape(this.scores(flat, headK), shape([kv, rows, length])));
    const mix = (weights: string): string => {
      const part = reshape(swap(weights), shape([kv, rowCount, length]));
      const back = g.node('MatMul', [part, headV]);
      return swap(g.node('Reshape', [back, shape([kv, rows, g.ints([headDim])])]));
    };
    return { scores, length, mix };
  }

  /** [B, R, S] as a shape and its product. */
  private makeHeadShape(queries: string): { rows: string; rowCount: string } {
    const { g } = this;
    const batch = g.node('Shape', [queries], { start: 0, end: 1 });
    const group = g.ints([this.config.heads / this.config.kvHeads]);
    const rows = g.node('Concat', [batch, group, this.sequence], { axis: 0 });
    return { rows, rowCount: g.node('ReduceProd', [rows], { axes: [0], keepdims: 1 }) };
  }

  private scores(queries: string, keys: string): string {
    return this.g.msNode('FusedMatMul', [queries, keys], { transB: 1 });
  }

  /** Queries or keys as they go into the rotation: [B, S, heads · D]. */
  private turned(x: string, name: string, heads: number): string {
    const { g, config } = this;
    const projected = this.weights.linear(x, `${name}_proj`);
    if (!config.qkNorm) return projected;
    const byHead = g.node('Reshape', [projected, g.ints([0, 0, heads, config.headDim])]);
    const normalised = g.node(
      'SimplifiedLayerNormalization',
      [byHead, this.weights.tensor(`${name}_norm.weight`)],
      { axis: -1, epsilon: { float: config.eps }, stash_type: 1 },
    );
    return g.node('Reshape', [normalised, g.ints([0, 0, heads * config.headDim])]);
  }

  private rotate(t: string, cos: string, sin: string): string {
    return this.g.msNode('RotaryEmbedding', [t, IO.positions, cos, sin]);
  }

  private byHead(t: string, group: number): string {
    const { g } = this;
    const { kvHeads, headDim } = this.config;
    const split = g.node('Reshape', [t, g.ints([0, 0, kvHeads, group, headDim])]);
    return g.node('Transpose', [split], { perm: SPLIT_HEADS });
  }

  private returnKv(t: string, name: string): void {
    const { g } = this;
    g.node('Squeeze', [t, g.ints([2])], {}, name);
    g.output(name, 'f32', ['B', this.config.kvHeads, 'S', this.config.headDim]);
  }
}
