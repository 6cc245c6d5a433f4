import { AppError } from '../core/errors.ts';
import { sentence, type Sentence } from '../core/sentence.ts';
import type { WeightEntry } from './safetensors.ts';
import type { StudentConfig } from '../core/exam/studentConfig.ts';

/** Names as transformers writes them. */
export const EMBEDDING = 'model.embed_tokens.weight';
export const HEAD = 'lm_head.weight';
export const FINAL_NORM = 'model.norm.weight';

export function layerName(layer: number): string {
  return `model.layers.${layer}`;
}

/** Every tensor that a config promises, with its shape ([out, in] for matrices). */
export function expectedTensors(c: StudentConfig): Map<string, readonly number[]> {
  const expected = new Map<string, readonly number[]>([
    [EMBEDDING, [c.vocab, c.hidden]],
    [FINAL_NORM, [c.hidden]],
  ]);
  if (!c.tied) expected.set(HEAD, [c.vocab, c.hidden]);
  const linear = (name: string, outer: number, inner: number, bias: boolean): void => {
    expected.set(`${name}.weight`, [outer, inner]);
    if (bias) expected.set(`${name}.bias`, [outer]);
  };
  for (let l = 0; l < c.layers; l++) {
    const at = layerName(l);
    expected.set(`${at}.input_layernorm.weight`, [c.hidden]);
    expected.set(`${at}.post_attention_layernorm.weight`, [c.hidden]);
    linear(`${at}.self_attn.q_proj`, c.heads * c.headDim, c.hidden, c.qkvBias);
    linear(`${at}.self_attn.k_proj`, c.kvHeads * c.headDim, c.hidden, c.qkvBias);
    linear(`${at}.self_attn.v_proj`, c.kvHeads * c.headDim, c.hidden, c.qkvBias);
    linear(`${at}.self_attn.o_proj`, c.hidden, c.heads * c.headDim, c.outBias);
    if (c.qkNorm) {
      expected.set(`${at}.self_attn.q_norm.weight`, [c.headDim]);
      expected.set(`${at}.self_attn.k_norm.weight`, [c.headDim]);
    }
    linear(`${at}.mlp.gate_proj`, c.ffn, c.hidden, c.mlpBias);
    linear(`${at}.mlp.up_proj`, c.ffn, c.hidden, c.mlpBias);
    linear(`${at}.mlp.down_proj`, c.hidden, c.ffn, c.mlpBias);
  }
  return expected;
}

const FLOATS = new Set(['F32', 'BF16', 'F16']);

function mismatch(message: Sentence, detail: Record<string, unknown>): AppError {
  return new AppError('student.invalid', message, {
    hint: sentence`Save the student again as a whole model (LoRA adapters merged) so that weights and config.json belong together.`,
    detail,
  });
}

/**
 * Demands that weights and config.json agree to the name, shape and dtype. A tensor too many is refused too: a renamed
 * head or an unmerged adapter would otherwise be ignored in silence.
 */
export function checkTensors(
  config: StudentConfig,
  tensors: ReadonlyMap<string, WeightEntry>,
): void {
  if (config.tied && tensors.has(HEAD)) {
    throw mismatch(
      sentence`config.json says tie_word_embeddings, but the weights hold a separate ${HEAD}.`,
      { tensor: HEAD },
    );
  }
  const expected = expectedTensors(config);
  for (const [name, shape] of expected) {
    const entry = tensors.get(name);
    if (entry === undefined) {
      const what =
        name === HEAD
          ? sentence`The tensor ${name} is missing from the weights although config.json does not tie it to the embedding.`
          : sentence`The tensor ${name} is missing from the weights.`;
      throw mismatch(what, { tensor: name });
    }
    if (entry.shape.join() !== shape.join()) {
      throw mismatch(
        sentence`The tensor ${name} has the shape [${entry.shape.join(', ')}], config.json asks for [${shape.join(', ')}].`,
        { tensor: name },
      );
    }
    if (!FLOATS.has(entry.dtype)) {
      throw new AppError('student.unsupported', sentence`The tensor ${name} is ${entry.dtype}.`, {
        hint: sentence`Save the student with float32, bfloat16 or float16 weights.`,
        detail: { tensor: name },
      });
    }
  }
  for (const name of tensors.keys()) {
    if (!expected.has(name) && !name.endsWith('rotary_emb.inv_freq')) {
      throw mismatch(sentence`The weights hold ${name}, which config.json does not explain.`, {
        tensor: name,
      });
    }
  }
}
