import * as z from 'zod';
import { AppError } from '../errors.ts';
import { sentence, type Sentence } from '../sentence.ts';

/** Rotary frequencies as transformers defines them; `llama3` stretches the long wavelengths only. */
export type Rope =
  | { readonly kind: 'default'; readonly theta: number }
  | { readonly kind: 'linear'; readonly theta: number; readonly factor: number }
  | {
      readonly kind: 'llama3';
      readonly theta: number;
      readonly factor: number;
      readonly lowFreqFactor: number;
      readonly highFreqFactor: number;
      readonly originalPositions: number;
    };

/** The values of model_type that the exam graph is built for. */
export const FAMILIES = ['llama', 'mistral', 'qwen2', 'qwen3'] as const;
export type Family = (typeof FAMILIES)[number];

/** A student's architecture as far as the exam graph needs it. */
export interface StudentConfig {
  readonly family: Family;
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly ffn: number;
  readonly vocab: number;
  /** Of the RMS norms. */
  readonly eps: number;
  /** Longest sequence the student was made for. */
  readonly maxPositions: number;
  readonly rope: Rope;
  /** The head is the transposed embedding. */
  readonly tied: boolean;
  /** Of the projections to queries, keys and values. */
  readonly qkvBias: boolean;
  /** Of the projection behind the attention. */
  readonly outBias: boolean;
  /** Queries and keys are normalised head by head before they are rotated (Qwen3). */
  readonly qkNorm: boolean;
  readonly mlpBias: boolean;
}

const WAY_ON = sentence`Serve this student with an OpenAI-compatible server (vLLM, llama.cpp, Ollama) and choose it as a served student.`;

const positive = z.number().int().min(1);
const ropeSchema = z.object({
  rope_type: z.string().nullish(),
  type: z.string().nullish(),
  rope_theta: z.number().gt(0).nullish(),
  factor: z.number().gt(0).nullish(),
  low_freq_factor: z.number().gt(0).nullish(),
  high_freq_factor: z.number().gt(0).nullish(),
  original_max_position_embeddings: z.number().gt(0).nullish(),
  partial_rotary_factor: z.number().nullish(),
});

const familySchema = z.object({ model_type: z.string() });
const configSchema = z.object({
  num_hidden_layers: positive.max(256),
  hidden_size: positive,
  num_attention_heads: positive,
  num_key_value_heads: positive.nullish(),
  head_dim: positive.nullish(),
  intermediate_size: positive,
  vocab_size: positive,
  rms_norm_eps: z.number().gt(0),
  max_position_embeddings: positive,
  tie_word_embeddings: z.boolean().nullish(),
  attention_bias: z.boolean().nullish(),
  mlp_bias: z.boolean().nullish(),
  hidden_act: z.string().nullish(),
  sliding_window: z.number().nullish(),
  // Qwen: windows only where this says so; layer_types is what transformers 5 makes of it.
  use_sliding_window: z.boolean().nullish(),
  layer_types: z.array(z.string()).nullish(),
  partial_rotary_factor: z.number().nullish(),
  quantization_config: z.unknown().optional(),
  // transformers 4 wrote rope_theta and rope_scaling, 5 writes rope_parameters.
  rope_theta: z.number().gt(0).nullish(),
  rope_scaling: ropeSchema.nullish(),
  rope_parameters: ropeSchema.nullish(),
});
type RawConfig = z.infer<typeof configSchema>;

function unsupported(what: Sentence, detail: Record<string, unknown> = {}): AppError {
  return new AppError(
    'student.unsupported',
    sentence`The native exam engine cannot run this student: ${what}.`,
    {
      hint: WAY_ON,
      detail: { file: 'config.json', ...detail },
    },
  );
}

/** Reads config.json as transformers 4 or 5 wrote it; refuses what the exam graph would compute wrongly. */
export function parseStudentConfig(json: unknown): StudentConfig {
  const type = familySchema.safeParse(json);
  if (!type.success) {
    throw new AppError('student.invalid', sentence`config.json has no model_type.`, {
      hint: sentence`Point Tailor at a Hugging Face folder of a whole model; merge a LoRA adapter into its base first.`,
      detail: { file: 'config.json', field: 'model_type' },
    });
  }
  const family = FAMILIES.find((one) => one === type.data.model_type);
  if (family === undefined) {
    throw unsupported(
      sentence`its model_type is “${type.data.model_type}”, and so far ${FAMILIES.join(', ')} are built`,
    );
  }
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join('.') ?? '';
    throw new AppError('student.invalid', sentence`config.json has a bad or missing “${field}”.`, {
      hint: sentence`Save the student again with save_pretrained of transformers.`,
      detail: { file: 'config.json', field, reason: issue?.message },
    });
  }
  const raw = parsed.data;
  refuseUnbuilt(raw, family);
  const kvHeads = raw.num_key_value_heads ?? raw.num_attention_heads;
  // Qwen3's own default where config.json leaves it out.
  const headDim =
    raw.head_dim ?? (family === 'qwen3' ? 128 : raw.hidden_size / raw.num_attention_heads);
  if (!Number.isInteger(headDim) || headDim % 2 !== 0 || raw.num_attention_heads % kvHeads !== 0) {
    throw unsupported(sentence`its heads do not divide evenly`, { headDim, kvHeads });
  }
  return {
    family,
    layers: raw.num_hidden_layers,
    hidden: raw.hidden_size,
    heads: raw.num_attention_heads,
    kvHeads,
    headDim,
    ffn: raw.intermediate_size,
    vocab: raw.vocab_size,
    eps: raw.rms_norm_eps,
    maxPositions: raw.max_position_embeddings,
    rope: ropeOf(raw),
    // Every family's default where config.json leaves it out.
    tied: raw.tie_word_embeddings ?? false,
    ...biases(raw, family),
    qkNorm: family === 'qwen3',
    mlpBias: raw.mlp_bias ?? false,
  };
}

/** Qwen2 has biases on queries, keys and values whatever its file says; the others as their file says. */
function biases(raw: RawConfig, family: Family): Pick<StudentConfig, 'qkvBias' | 'outBias'> {
  if (family === 'qwen2') return { qkvBias: true, outBias: false };
  const bias = raw.attention_bias ?? false;
  return { qkvBias: bias, outBias: bias };
}

/** The window of a student that attends through one; null for whole attention. */
function windowOf(raw: RawConfig, family: Family): number | null {
  const window = raw.sliding_window ?? null;
  if (family === 'mistral') return window;
  const layers = raw.layer_types ?? [];
  const used = raw.use_sliding_window === true || layers.includes('sliding_attention');
  return family !== 'llama' && used ? (window ?? 0) : null;
}

function refuseUnbuilt(raw: RawConfig, family: Family): void {
  if (raw.quantization_config !== undefined && raw.quantization_config !== null) {
    throw unsupported(sentence`its weights are quantised`);
  }
  if ((raw.hidden_act ?? 'silu') !== 'silu') {
    throw unsupported(sentence`its activation is “${raw.hidden_act ?? ''}”`);
  }
  const window = windowOf(raw, family);
  if (window !== null && window < raw.max_position_embeddings) {
    throw unsupported(sentence`it attends through a sliding window of ${window} tokens`);
  }
  const partial = raw.rope_parameters?.partial_rotary_factor ?? raw.partial_rotary_factor ?? 1;
  if (partial !== 1) throw unsupported(sentence`it rotates only a part of each head`);
}

function ropeOf(raw: RawConfig): Rope {
  const merged = { ...raw.rope_scaling, ...raw.rope_parameters };
  const theta = merged.rope_theta ?? raw.rope_theta ?? 10_000;
  const kind = merged.rope_type ?? merged.type ?? 'default';
  if (kind === 'default') return { kind, theta };
  const factor = merged.factor ?? null;
  if (kind === 'linear' && factor !== null) return { kind, theta, factor };
  const low = merged.low_freq_factor ?? null;
  const high = merged.high_freq_factor ?? null;
  const original = merged.original_max_position_embeddings ?? null;
  if (kind === 'llama3' && factor !== null && low !== null && high !== null && original !== null) {
    return {
      kind,
      theta,
      factor,
      lowFreqFactor: low,
      highFreqFactor: high,
      originalPositions: original,
    };
  }
  throw unsupported(
    sentence`its rotary embedding is “${kind}” (default, linear and llama3 are built)`,
  );
}
