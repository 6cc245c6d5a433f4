import { open } from 'node:fs/promises';
import path from 'node:path';
import type { StudentConfig } from '../core/exam/studentConfig.ts';
import type { WeightEntry, WeightFiles } from './safetensors.ts';
import { EMBEDDING, HEAD } from './tensorNames.ts';

const CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Weights without a head that is written out once more: some tied students are published so (the small ones of Qwen3).
 * It must be the embedding, byte for byte; another head stays, to be refused.
 */
export async function withoutCopiedHead(
  config: StudentConfig,
  weights: WeightFiles,
): Promise<WeightFiles> {
  const [head, embedding] = [weights.tensors.get(HEAD), weights.tensors.get(EMBEDDING)];
  if (!config.tied || head === undefined || embedding === undefined) return weights;
  if (!(await isCopy(weights.folder, head, embedding))) return weights;
  const tensors = new Map(weights.tensors);
  tensors.delete(HEAD);
  return { ...weights, tensors };
}

async function isCopy(folder: string, one: WeightEntry, other: WeightEntry): Promise<boolean> {
  if (one.dtype !== other.dtype || one.length !== other.length) return false;
  const first = await open(path.join(folder, one.file), 'r');
  try {
    const second = await open(path.join(folder, other.file), 'r');
    try {
      const [a, b] = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)];
      for (let at = 0; at < one.length; at += CHUNK_BYTES) {
        const size = Math.min(CHUNK_BYTES, one.length - at);
        const read = await Promise.all([
          first.read(a, 0, size, one.offset + at),
          second.read(b, 0, size, other.offset + at),
        ]);
        if (read.some(({ bytesRead }) => bytesRead !== size)) return false;
        if (!a.subarray(0, size).equals(b.subarray(0, size))) return false;
      }
      return true;
    } finally {
      await second.close();
    }
  } finally {
    await first.close();
  }
}
