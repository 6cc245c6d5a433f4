import type { Sampling } from '../core/exam/attempt.ts';
import { sha256Json } from '../core/hash.ts';
import type { Candidates } from './examModel.ts';

/** Two 32-bit words that stand for (seed, question, sample). */
export interface DrawKey {
  readonly a: number;
  readonly b: number;
}

export function drawKey(seed: string, questionId: string, sample: number): DrawKey {
  const hash = sha256Json([seed, questionId, sample]);
  return {
    a: Number.parseInt(hash.slice(0, 8), 16) | 0,
    b: Number.parseInt(hash.slice(8, 16), 16) | 0,
  };
}

/** A bijection of 32-bit integers whose output bits all depend on all input bits (MurmurHash3's finaliser). */
function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/**
 * The uniform number in [0, 1) of one token: a pure function of its key and index, so that batch, order and restarts
 * cannot change a draw. 53 bits from two rounds of integer mixing.
 */
export function uniform(key: DrawKey, tokenIndex: number): number {
  const high = mix(key.a ^ mix(key.b + Math.imul(tokenIndex, 0x9e3779b1)));
  const low = mix(key.b ^ mix(high + 0x632be5ab));
  return ((high >>> 5) * 67_108_864 + (low >>> 6)) / 9_007_199_254_740_992;
}

/** Draws from the sorted top logits of a row: temperature, then top-k, then top-p, as transformers orders them. */
export class Sampler {
  private readonly sampling: Sampling;
  private readonly weights = new Float64Array(64);

  constructor(sampling: Sampling) {
    this.sampling = sampling;
  }

  /** The position of the chosen candidate within the row, for a uniform number `u`. */
  pick(candidates: Candidates, row: number, u: number): number {
    const { temperature, topK, topP } = this.sampling;
    if (temperature === 0) return 0;
    const { values, width } = candidates;
    const at = row * width;
    const count = Math.min(topK, width, this.weights.length);
    const largest = values[at] ?? 0;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const weight = Math.exp(((values[at + i] ?? -Infinity) - largest) / temperature);
      this.weights[i] = weight;
      total += weight;
    }
    // Top-p keeps the shortest head of the list that reaches its share, the crossing candidate included.
    let kept = 0;
    let mass = 0;
    while (kept < count && (kept === 0 || mass < topP * total)) mass += this.weights[kept++] ?? 0;
    let rest = u * mass;
    for (let i = 0; i < kept; i++) {
      rest -= this.weights[i] ?? 0;
      if (rest < 0) return i;
    }
    return kept - 1;
  }
}
