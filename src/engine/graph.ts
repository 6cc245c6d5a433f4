import { CascadeAttention, IO } from './attention.ts';
import { Weights } from './linear.ts';
import { GraphWriter } from './onnxWriter.ts';
import { writeRopeTables } from './rope.ts';
import type { WeightEntry } from './safetensors.ts';
import type { StudentConfig } from '../core/exam/studentConfig.ts';
import { EMBEDDING, FINAL_NORM, HEAD, layerName } from './tensorNames.ts';

export interface GraphOptions {
  /** Give the graph the shared head's inputs. */
  readonly withHead: boolean;
  /** Length of the rotary tables. */
  readonly positions: number;
  /** How many of the largest logits are returned. */
  readonly candidates: number;
}

/** ONNX's number of int32, as Cast takes it. */
const TO_I32 = 6;

/**
 * The exam graph of a Llama-family student as an ONNX model over its own weight files. One graph does prefill (S > 1),
 * chunked prefill and decode (S = 1).
 *
 * Inputs: ids, pos i64 [B,S] (rows right-padded) · last i64 [B,1], the position whose logits are wanted · mask_past f32
 * [B,1,1,1,P] · mask_new f32 [S,S], causal; no batch axis, as no real token can see a pad · pk, pv per layer
 * [B,KV,1,P,D] · with a head fk, fv [KV,LP,D].
 * Outputs: topv f32, topi i32 [B,K], sorted, ties by id · nk, nv per layer [B,KV,S,D].
 */
export function buildStudentGraph(
  config: StudentConfig,
  tensors: ReadonlyMap<string, WeightEntry>,
  options: GraphOptions,
): Uint8Array {
  const g = new GraphWriter();
  const weights = new Weights(g, tensors);
  const norms = new Norms(g, weights, config.eps);
  g.input(IO.ids, 'i64', ['B', 'S']);
  g.input(IO.positions, 'i64', ['B', 'S']);
  g.input(IO.last, 'i64', ['B', 1]);
  g.input(IO.maskPast, 'f32', ['B', 1, 1, 1, 'P']);
  g.input(IO.maskNew, 'f32', ['S', 'S']);
  writeRopeTables(g, config, options.positions);
  const attention = new CascadeAttention(g, config, weights, options.withHead);
  let residual = g.node('Gather', [weights.tensor(EMBEDDING), IO.ids], { axis: 0 });
  let branch: string | null = null;
  for (let l = 0; l < config.layers; l++) {
    const at = layerName(l);
    let x: string;
    [x, residual] = norms.apply(residual, branch, `${at}.input_layernorm.weight`);
    const attended = weights.linear(attention.apply(x, l, at), `${at}.self_attn.o_proj`);
    [x, residual] = norms.apply(residual, attended, `${at}.post_attention_layernorm.weight`);
    const [gate, up] = weights.pair(x, `${at}.mlp.gate_proj`, `${at}.mlp.up_proj`);
    const active = g.node('Mul', [g.node('Mul', [gate, g.node('Sigmoid', [gate])]), up]);
    branch = weights.linear(active, `${at}.mlp.down_proj`);
  }
  const [final] = norms.apply(residual, branch, FINAL_NORM);
  // Only the wanted position meets the head: logits of all positions would cost a quarter of the prefill.
  const wanted = g.node('GatherND', [final, IO.last], { batch_dims: 1 });
  const logits = weights.product(wanted, weights.tensor(config.tied ? EMBEDDING : HEAD));
  writeTop(g, logits, Math.min(options.candidates, config.vocab));
  return g.finish();
}

function writeTop(g: GraphWriter, logits: string, candidates: number): void {
  const indices = g.fresh();
  g.nodes('TopK', [logits, g.ints([candidates])], [IO.topValues, indices], {
    axis: -1,
    largest: 1,
    sorted: 1,
  });
  // JavaScript reads int64 through BigInt, which is slow.
  g.node('Cast', [indices], { to: TO_I32 }, IO.topIds);
  g.output(IO.topValues, 'f32', ['B', candidates]);
  g.output(IO.topIds, 'i32', ['B', candidates]);
}

/** RMS norms, with the residual addition before them in the same node. */
class Norms {
  private readonly g: GraphWriter;
  private readonly weights: Weights;
  private readonly eps: number;

  constructor(g: GraphWriter, weights: Weights, eps: number) {
    this.g = g;
    this.weights = weights;
    this.eps = eps;
  }

  /** Returns [normalised, residual + branch]. */
  apply(residual: string, branch: string | null, name: string): [string, string] {
    const { g } = this;
    const weight = this.weights.tensor(name);
    const epsilon = { float: this.eps };
    if (branch === null) {
      const attributes = { axis: -1, epsilon, stash_type: 1 };
      return [g.node('SimplifiedLayerNormalization', [residual, weight], attributes), residual];
    }
    const normalised = g.fresh();
    const sum = g.fresh();
    const outputs = [normalised, '', '', sum];
    g.msNodes('SkipSimplifiedLayerNormalization', [residual, branch, weight], outputs, { epsilon });
    return [normalised, sum];
  }
}
