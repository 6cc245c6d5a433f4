import { sha256Text } from '../hash.ts';
import type { FinishedAttempt } from './attempt.ts';

/** What of a served student's profile decides its texts; the address does not. */
export interface ServedForm {
  readonly kind: 'vllm' | 'llama.cpp' | 'ollama' | 'other';
  readonly api: 'completions' | 'chat';
  /** The name by which the server knows the student. */
  readonly model: string;
  readonly precision: 'float32' | 'bfloat16' | 'quantised';
  /** One request for each sample, or several samples a request. */
  readonly samples: 'each' | 'together';
  /** Whether the server is given a seed, and the top-k of the project. */
  readonly seed: boolean;
  readonly topK: boolean;
}

/** Version of the requests, the seeds and the stop rules on text: raised whenever the same request may give another text. */
const SERVED_NAME = 'served-2';

/** Whether this is the engine of an exam that a server sat, of whatever version. */
export function isServedEngine(engine: string): boolean {
  return /^served-\d/u.test(engine);
}

/** A served student's engine inside fingerprints and exam forms. */
export function servedEngine(form: ServedForm): string {
  const { kind, api, model, precision, samples, seed, topK } = form;
  const options = [samples, seed ? 'seed' : 'no-seed', topK ? 'top-k' : 'no-top-k'].join(' ');
  return `${SERVED_NAME} ${kind} ${api} ${precision} ${options} model=${model}`;
}

/** The seed that a server is given for one sample (or several at once): 31 bits, as servers take them. */
export function serverSeed(seed: string, questionId: string, samples: readonly number[]): number {
  const hex = sha256Text(JSON.stringify([seed, questionId, ...samples])).slice(0, 8);
  return Number.parseInt(hex, 16) & 0x7fffffff;
}

/** A whole line of the grader's form with something in it; the engine's own rule. */
const ANSWER_LINE = /(?:^|\n)[ \t]*Answer:[^\S\n]*\S[^\n]*\n/u;
/** A server sends text, not tokens: a stretch about as long as the engine's 8 tokens that comes back as often. */
const LOOP_LENGTH = 32;
const LOOP_TIMES = 4;

/**
 * The engine's stop rules on a text that arrives in pieces. Where it ends depends on the text alone, never on how it
 * was cut into pieces.
 */
export class TextStop {
  readonly #atAnswerLine: boolean;
  readonly #seen = new Map<string, number>();
  #text = '';
  #checked = LOOP_LENGTH;
  #end: { readonly at: number; readonly finish: 'stop' | 'loop' } | null = null;

  constructor(atAnswerLine: boolean) {
    this.#atAnswerLine = atAnswerLine;
  }

  /** Takes the next piece; true: complete, whatever else may come. */
  add(piece: string): boolean {
    if (this.#end !== null) return true;
    const from = this.#text.length;
    this.#text += piece;
    const line = this.#atAnswerLine && piece.includes('\n') ? ANSWER_LINE.exec(this.#text) : null;
    const lineEnd = line === null ? Infinity : line.index + line[0].length;
    const loopEnd = this.#loopEnd();
    const at = Math.min(lineEnd, loopEnd);
    if (at <= this.#text.length && at > from) {
      this.#end = { at, finish: lineEnd <= loopEnd ? 'stop' : 'loop' };
    }
    return this.#end !== null;
  }

  #loopEnd(): number {
    for (; this.#checked <= this.#text.length; this.#checked += 1) {
      const gram = this.#text.slice(this.#checked - LOOP_LENGTH, this.#checked);
      const times = (this.#seen.get(gram) ?? 0) + 1;
      if (times === LOOP_TIMES) return this.#checked;
      this.#seen.set(gram, times);
    }
    return Infinity;
  }

  /** The text as the exam keeps it, and how it ended where the server says `reason`; null: it is not whole. */
  finish(reason: string | null): Pick<FinishedAttempt, 'text' | 'finish'> | null {
    if (this.#end !== null) {
      return { text: this.#text.slice(0, this.#end.at), finish: this.#end.finish };
    }
    if (reason === 'stop') return { text: this.#text, finish: 'eos' };
    if (reason === 'length') return { text: this.#text, finish: 'length' };
    return null;
  }
}
