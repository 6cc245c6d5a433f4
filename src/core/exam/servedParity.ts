import { AppError } from '../errors.ts';
import { sentence, type Sentence } from '../sentence.ts';
import type { Parity } from './parity.ts';
import type { ParityFigures } from './parityVerdict.ts';
import type { ServedForm } from './served.ts';

/** One token as a server tells of it. */
export interface ServedToken {
  readonly text: string;
  readonly logprob: number | null;
  readonly id: number | null;
}

/** A server's greedy continuation of one prompt; `tokens` is null where it tells of none. */
export interface ServedGreedy {
  readonly text: string;
  readonly tokens: readonly ServedToken[] | null;
}

/** What may differ and still be the same weights in another arithmetic. */
export interface ServedTolerance {
  /** Mean |difference| of the log-probabilities of the greedy tokens. */
  readonly logprob: number;
  /** The greedy texts may part where the trainer's two largest logits are nearer than this. */
  readonly margin: number;
}

/**
 * By what the server computes in: above twice what other arithmetics made of the same weights, the margin of four bits
 * aside (docs/gpu.md has the figures). Of float32 the sums alone may be in another order.
 */
export const SERVED_TOLERANCE: Readonly<Record<ServedForm['precision'], ServedTolerance>> = {
  float32: { logprob: 1e-3, margin: 1e-2 },
  bfloat16: { logprob: 0.06, margin: 0.25 },
  quantised: { logprob: 0.1, margin: 1 },
};

/** How a server's answers agreed with the trainer's record. */
export type ServedParity = Pick<
  ParityFigures,
  'prompts' | 'steps' | 'nearTies' | 'delta' | 'told'
> & {
  /** What the greedy continuations were compared by. */
  readonly compared: 'ids' | 'text';
};

/** Whether a server tells of the ids of all its tokens: by them is compared, by texts else. */
export function tellsIds(answers: readonly ServedGreedy[]): boolean {
  return answers.every(({ tokens }) => tokens?.every(({ id }) => id !== null) === true);
}

/** Whether a record can be compared with a server that tells of no token ids. */
export function hasTexts(parity: Parity): boolean {
  return parity.prompts.every(({ greedyPieces }) => greedyPieces !== undefined);
}

type Prompt = Parity['prompts'][number];

function differs(message: Sentence, detail: Record<string, unknown>): AppError {
  return new AppError('student.notServed', message, { detail });
}

/** Compares a server's answers with what the trainer recorded of a student; throws at the first real difference. */
export function compareServed(
  parity: Parity,
  answers: readonly ServedGreedy[],
  tolerance: ServedTolerance,
): ServedParity {
  const byIds = tellsIds(answers);
  const deltas: number[] = [];
  let [nearTies, same, recorded] = [0, 0, 0];
  for (const [index, prompt] of parity.prompts.entries()) {
    const answer = answers[index];
    if (answer === undefined) continue;
    const steps = recordedSteps(prompt, parity.eosIds);
    recorded += steps;
    const parted = byIds ? partById(prompt, steps, answer) : partByText(prompt, steps, answer);
    deltas.push(...logprobDeltas(prompt, parted ?? steps, answer, byIds));
    same += parted ?? steps;
    if (parted === null) continue;
    const margin = prompt.greedyMargins[parted] ?? Infinity;
    if (!(margin < tolerance.margin)) {
      throw differs(
        sentence`The server goes on otherwise than the trained student at token ${parted} of prompt ${index}.`,
        { difference: 'greedy', prompt: index, step: parted, margin, server: answer.text },
      );
    }
    nearTies += 1;
  }
  const fewest = Math.min(recorded, parity.prompts.length);
  if (same < fewest) {
    throw differs(
      sentence`The server goes on as the trained student for ${same} tokens of ${parity.prompts.length} prompts: too few to tell its weights by.`,
      { difference: 'greedy', steps: same, prompts: parity.prompts.length },
    );
  }
  const mean = deltas.length === 0 ? null : deltas.reduce((a, b) => a + b, 0) / deltas.length;
  if (mean !== null && !(mean < tolerance.logprob)) {
    throw differs(
      sentence`The server’s log-probabilities differ from the trained student’s by ${mean.toPrecision(2)} on average; ${tolerance.logprob} is the most for its precision.`,
      { difference: 'logprobs', mean, tolerance: tolerance.logprob, tokens: deltas.length },
    );
  }
  return {
    compared: byIds ? 'ids' : 'text',
    prompts: parity.prompts.length,
    steps: same,
    nearTies,
    delta: mean === null ? null : { mean, max: Math.max(...deltas) },
    told: deltas.length,
  };
}

/** Greedy tokens that are text: the id that ends it is none. */
function recordedSteps(prompt: Prompt, eosIds: readonly number[]): number {
  const last = prompt.greedyIds.at(-1);
  const ended = last !== undefined && eosIds.includes(last);
  return prompt.greedyIds.length - (ended ? 1 : 0);
}

/** The first step at which two continuations differ; null for none. One that ends is told from one that goes on. */
function partById(prompt: Prompt, steps: number, answer: ServedGreedy): number | null {
  const eos = prompt.greedyIds[steps];
  const ids = (answer.tokens ?? []).flatMap(({ id }) => (id === null || id === eos ? [] : [id]));
  for (let step = 0; step < steps; step += 1) {
    if (ids[step] !== prompt.greedyIds[step]) return step;
  }
  return eos !== undefined && ids.length > steps ? steps : null;
}

function partByText(prompt: Prompt, steps: number, answer: ServedGreedy): number | null {
  const pieces = withoutLead((prompt.greedyPieces ?? []).slice(0, steps));
  // Half of a character at the end is told in different ways.
  const theirs = answer.text.trimStart().replace(/\uFFFD+$/u, '');
  let at = 0;
  for (const [step, piece] of pieces.entries()) {
    if (theirs.slice(at, at + piece.length) !== piece) return step;
    at += piece.length;
  }
  const ended = prompt.greedyIds.length > steps;
  return ended && theirs.length > at ? steps : null;
}

/** The pieces without the white space before the first word: some tokenizers leave it out of a text by itself. */
function withoutLead(pieces: readonly string[]): string[] {
  let begun = false;
  return pieces.map((piece) => {
    if (begun) return piece;
    const rest = piece.trimStart();
    begun = rest !== '';
    return rest;
  });
}

/** |Δ| of the log-probabilities of the first `steps` tokens, as far as both sides tell of the same tokens. */
function logprobDeltas(
  prompt: Prompt,
  steps: number,
  answer: ServedGreedy,
  byIds: boolean,
): number[] {
  const deltas: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    const [ours, theirs] = [prompt.greedyLogprobs?.[step], answer.tokens?.[step]];
    if (ours === undefined || theirs === undefined || theirs.logprob === null) break;
    if (!byIds && theirs.text.trim() !== prompt.greedyPieces?.[step]?.trim()) break;
    deltas.push(Math.abs(theirs.logprob - ours));
  }
  return deltas;
}
