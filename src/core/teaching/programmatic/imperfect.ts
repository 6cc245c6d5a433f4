import { sha256Text } from '../../hash.ts';
import { otherAnswer } from './ending.ts';
import type { KnownQuestion } from './knowledge.ts';
import { add, rational, show, subtract } from './rational.ts';

/** Plants flaws at a known rate, so that the gate, spot checks and bulk acceptance have something to find. */
export interface Imperfection {
  /** Share of replies that are flawed, 0…1. */
  readonly rate: number;
  readonly seed: number;
}

/**
 * `wrong-answer`: another final answer. `false-logic`: true equations that reach the gold but have nothing to do with
 * the story. `leak`: words about an answer that was given.
 */
export type Flaw = 'wrong-answer' | 'false-logic' | 'leak';

const FLAWS: readonly Flaw[] = ['wrong-answer', 'false-logic', 'leak'];

/** Which flaw this draw gets, decided by a hash alone; null for none. */
export function flawOf(known: KnownQuestion, draw: number, mode: Imperfection): Flaw | null {
  const digest = sha256Text(`imperfect-1 ${mode.seed} ${draw} ${known.id}`);
  const share = Number.parseInt(digest.slice(0, 12), 16) / 2 ** 48;
  if (share >= mode.rate) return null;
  return FLAWS[Number.parseInt(digest.slice(12, 16), 16) % FLAWS.length] ?? null;
}

const wrongAnswer = ({ tree, ending }: KnownQuestion): string =>
  ending ? otherAnswer(ending) : show(add(tree.value, rational(1n)));

/** The rationale with its flaw. */
export function plant(flaw: Flaw, rationale: string, known: KnownQuestion): string {
  const lines = rationale.split('\n').slice(0, -1);
  switch (flaw) {
    case 'wrong-answer':
      return [...lines, `Answer: ${wrongAnswer(known)}`].join('\n');
    case 'leak':
      return [...lines, `The correct answer is ${known.answer}.`, `Answer: ${known.answer}`].join(
        '\n',
      );
    case 'false-logic': {
      const before = subtract(known.tree.value, rational(13n));
      const first = before.n < 0n ? add(known.tree.value, rational(13n)) : before;
      const sign = before.n < 0n ? '-' : '+';
      return `We take ${show(first)} ${sign} 13 = ${show(known.tree.value)}.\nAnswer: ${known.answer}`;
    }
  }
}
