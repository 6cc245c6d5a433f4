import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CascadeModel, type ModelOptions } from '../../src/engine/cascadeModel.ts';
import type { Candidates } from '../../src/engine/examModel.ts';
import type { StudentConfig } from '../../src/core/exam/studentConfig.ts';
import { readStudentFolder } from '../../src/engine/studentFolder.ts';

export const STUDENTS = path.resolve(import.meta.dirname, '../fixtures/students');
export const ENGINE_BUNDLE = path.resolve(import.meta.dirname, '../../dist/engine.cjs');
/** The fixture with a tokenizer and a parity.json. */
export const TEXT_STUDENT = path.join(STUDENTS, 'llama-text');

/** Loads a fixture, with its config changed where a control wants it broken. */
export async function loadModel(
  folder: string,
  options: Partial<ModelOptions> = {},
  change: Partial<StudentConfig> = {},
): Promise<CascadeModel> {
  const { config, weights } = await readStudentFolder(folder);
  const whole = { candidates: config.vocab, head: [], threads: 1, ...options };
  return CascadeModel.load({ ...config, ...change }, weights, whole);
}

export interface Golden {
  readonly head: number[];
  readonly prompts: number[][];
  readonly forced: number[][];
  /** PyTorch's logits of row `b` after `t` + 1 tokens of prompt and tail, with or without the head. */
  at(withHead: boolean, b: number, t: number): Float32Array;
}

export function readGolden(folder: string): Golden {
  const { head, prompts, forced } = JSON.parse(
    readFileSync(path.join(folder, 'golden.json'), 'utf8'),
  ) as { head: number[]; prompts: number[][]; forced: number[][] };
  const bytes = readFileSync(path.join(folder, 'golden.f32'));
  const all = new Float32Array(new Uint8Array(bytes).buffer);
  const lengths = prompts.map((prompt, b) => prompt.length + forced[b]!.length);
  const total = lengths.reduce((a, b) => a + b, 0);
  const vocab = all.length / (2 * total);
  return {
    head,
    prompts,
    forced,
    at(withHead, b, t) {
      const before = lengths.slice(0, b).reduce((x, y) => x + y, withHead ? total : 0);
      return all.subarray((before + t) * vocab, (before + t + 1) * vocab);
    },
  };
}

/** One row's logits by token id, from candidates that hold the whole vocabulary. */
export function logitsOf({ values, ids, width }: Candidates, row: number): Float32Array {
  const logits = new Float32Array(width);
  for (let k = row * width; k < (row + 1) * width; k++) logits[ids[k]!] = values[k]!;
  return logits;
}

export function largestGap(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}
