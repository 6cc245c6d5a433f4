import type { GraphWriter } from './onnxWriter.ts';
import type { Rope, StudentConfig } from '../core/exam/studentConfig.ts';

/** One inverse frequency per pair of head dimensions (transformers' modeling_rope_utils). */
export function inverseFrequencies(rope: Rope, headDim: number): number[] {
  const plain = Array.from({ length: headDim / 2 }, (_, i) => rope.theta ** ((-2 * i) / headDim));
  switch (rope.kind) {
    case 'default':
      return plain;
    case 'linear':
      return plain.map((f) => f / rope.factor);
    case 'llama3': {
      const { factor, lowFreqFactor: low, highFreqFactor: high, originalPositions } = rope;
      return plain.map((f) => {
        const wavelength = (2 * Math.PI) / f;
        if (wavelength < originalPositions / high) return f;
        if (wavelength > originalPositions / low) return f / factor;
        const smooth = (originalPositions / wavelength - low) / (high - low);
        return ((1 - smooth) * f) / factor + smooth * f;
      });
    }
  }
}

/** Names of the cosine and sine tables: `q` ones carry the attention's 1/√D, so that no product needs a factor. */
export const ROPE = { cos: 'cos', sin: 'sin', cosQ: 'cos_q', sinQ: 'sin_q' } as const;

/** Writes the four tables, [positions, headDim / 2] each. */
export function writeRopeTables(g: GraphWriter, config: StudentConfig, positions: number): void {
  const half = config.headDim / 2;
  const frequencies = Float32Array.from(inverseFrequencies(config.rope, config.headDim));
  const cos = new Float32Array(positions * half);
  const sin = new Float32Array(positions * half);
  for (let p = 0; p < positions; p++) {
    for (const [i, frequency] of frequencies.entries()) {
      // PyTorch forms the angle as a float32 product: so do we.
      const angle = Math.fround(p * frequency);
      cos[p * half + i] = Math.cos(angle);
      sin[p * half + i] = Math.sin(angle);
    }
  }
  const scale = 1 / Math.sqrt(config.headDim);
  const dims = [positions, half];
  g.floats(ROPE.cos, dims, cos);
  g.floats(ROPE.sin, dims, sin);
  g.floats(
    ROPE.cosQ,
    dims,
    cos.map((value) => value * scale),
  );
  g.floats(
    ROPE.sinQ,
    dims,
    sin.map((value) => value * scale),
  );
}
