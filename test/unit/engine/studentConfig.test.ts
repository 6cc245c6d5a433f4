import { describe, expect, it } from 'vitest';
import { isAppError } from '../../../src/core/errors.ts';
import { parseStudentConfig } from '../../../src/core/exam/studentConfig.ts';
import { checkTensors, expectedTensors, HEAD } from '../../../src/engine/tensorNames.ts';
import type { WeightEntry } from '../../../src/engine/safetensors.ts';

const base = {
  model_type: 'llama',
  num_hidden_layers: 2,
  hidden_size: 32,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 64,
  vocab_size: 100,
  rms_norm_eps: 1e-5,
  max_position_embeddings: 512,
  hidden_act: 'silu',
};
const llama3 = {
  rope_type: 'llama3',
  factor: 8,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 64,
};

function refusal(json: unknown): { code: string; message: string; hint: string } {
  try {
    parseStudentConfig(json);
  } catch (error) {
    if (isAppError(error))
      return { code: error.code, message: error.message, hint: error.hint ?? '' };
    throw error;
  }
  throw new Error('accepted');
}

describe('parseStudentConfig', () => {
  it('reads what transformers 4 wrote', () => {
    const config = parseStudentConfig({
      ...base,
      rope_theta: 5e5,
      rope_scaling: llama3,
      head_dim: null,
    });
    expect(config).toMatchObject({ headDim: 8, kvHeads: 2, tied: false, qkvBias: false });
    expect(config.rope).toEqual({
      kind: 'llama3',
      theta: 5e5,
      factor: 8,
      lowFreqFactor: 1,
      highFreqFactor: 4,
      originalPositions: 64,
    });
  });

  it('reads what transformers 5 writes', () => {
    const rope_parameters = { rope_type: 'linear', rope_theta: 1e5, factor: 2 };
    const config = parseStudentConfig({
      ...base,
      rope_parameters,
      head_dim: 16,
      tie_word_embeddings: true,
    });
    expect(config).toMatchObject({ headDim: 16, tied: true });
    expect(config.rope).toEqual({ kind: 'linear', theta: 1e5, factor: 2 });
  });

  it('takes Mistral whose window covers its positions', () => {
    const mistral = { ...base, model_type: 'mistral' };
    expect(parseStudentConfig({ ...mistral, sliding_window: null }).family).toBe('mistral');
    expect(parseStudentConfig({ ...mistral, sliding_window: 512 }).family).toBe('mistral');
  });

  it('takes Qwen2 with its biases and Qwen3 with its normalised heads', () => {
    const qwen2 = { ...base, model_type: 'qwen2', use_sliding_window: false, sliding_window: 64 };
    expect(parseStudentConfig(qwen2)).toMatchObject({
      qkvBias: true,
      outBias: false,
      qkNorm: false,
    });
    expect(parseStudentConfig({ ...base, model_type: 'qwen3' })).toMatchObject({
      headDim: 128,
      qkvBias: false,
      qkNorm: true,
    });
  });

  it.each([
    [
      'a Qwen2 that attends through windows',
      { model_type: 'qwen2', use_sliding_window: true, sliding_window: 64 },
      'sliding window of 64',
    ],
    [
      'a Qwen3 with windows in some layers',
      { model_type: 'qwen3', layer_types: ['sliding_attention'], sliding_window: 32 },
      'sliding window of 32',
    ],
    ['another family', { model_type: 'gemma3' }, 'gemma3'],
    [
      'an active sliding window',
      { model_type: 'mistral', sliding_window: 256 },
      'sliding window of 256',
    ],
    ['an unknown rope', { rope_scaling: { rope_type: 'yarn', factor: 4 } }, 'yarn'],
    ['a rope without its factor', { rope_scaling: { type: 'linear' } }, 'linear'],
    ['a partial rotation', { partial_rotary_factor: 0.5 }, 'part of each head'],
    ['another activation', { hidden_act: 'gelu' }, 'gelu'],
    ['quantised weights', { quantization_config: { bits: 4 } }, 'quantised'],
    ['heads that do not divide', { num_key_value_heads: 3 }, 'divide'],
  ])('refuses %s and names the way on', (_, change, words) => {
    const { code, message, hint } = refusal({ ...base, ...change });
    expect(code).toBe('student.unsupported');
    expect(message).toContain(words);
    expect(hint).toContain('OpenAI-compatible server');
  });

  it('names the missing field', () => {
    const { code, message } = refusal({ ...base, vocab_size: undefined });
    expect(code).toBe('student.invalid');
    expect(message).toContain('vocab_size');
  });

  it('sends an adapter folder to merging', () => {
    expect(refusal({ peft_type: 'LORA' }).hint).toContain('merge');
  });
});

describe('checkTensors', () => {
  const config = parseStudentConfig(base);
  const whole = (change: Partial<typeof config> = {}): Map<string, WeightEntry> =>
    new Map(
      [...expectedTensors({ ...config, ...change })].map(([name, shape]) => [
        name,
        { dtype: 'F32', shape, offset: 0, length: 0, file: 'model.safetensors' },
      ]),
    );
  const head = whole().get(HEAD)!;

  it('accepts weights that agree with the config', () => {
    expect(() => checkTensors(config, whole())).not.toThrow();
    const biased = { qkvBias: true, outBias: true, mlpBias: true, tied: true };
    expect(() => checkTensors({ ...config, ...biased }, whole(biased))).not.toThrow();
  });

  it.each([
    ['an untied head that is missing', config, whole({ tied: true }), 'does not tie'],
    ['a tied head that is there', { ...config, tied: true }, whole(), 'separate lm_head'],
    [
      'a renamed head',
      config,
      new Map([...whole({ tied: true }), ['head.weight', head]]),
      'lm_head.weight is missing',
    ],
    ['an unmerged adapter', config, new Map([...whole(), ['a.lora_A.weight', head]]), 'lora_A'],
    [
      'a wrong shape',
      config,
      new Map([...whole(), [HEAD, { ...head, shape: [99, 32] }]]),
      '[99, 32]',
    ],
    ['integer weights', config, new Map([...whole(), [HEAD, { ...head, dtype: 'I8' }]]), 'I8'],
  ])('refuses %s', (_, c, tensors, words) => {
    expect(() => checkTensors(c, tensors)).toThrow(words);
  });
});
