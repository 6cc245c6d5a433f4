import { sha256Text } from '../hash.ts';
import { normaliseQuestion, type Question } from './question.ts';

export interface CarveOptions {
  /** A share in (0, 1), or how many questions. */
  readonly dev: { readonly share: number } | { readonly count: number };
  readonly seed: number;
}

export interface Carved {
  readonly train: readonly Question[];
  readonly dev: readonly Question[];
  /** Carving a grown source again with this share keeps every question on its side. */
  readonly share: number;
}

/** Where a question falls in [0, 1): from its text and the seed alone. */
export function placeOf(question: string, seed: number): number {
  const digest = sha256Text(`split\u0000${seed}\u0000${normaliseQuestion(question)}`);
  return parseInt(digest.slice(0, 13), 16) / 2 ** 52;
}

/**
 * Sets questions aside by the hash of their text: order, ids and file do not matter, equal texts stay together, and
 * with a share a question stays on its side when others come or go. A count is turned into the share that gives it.
 */
export function carve(questions: readonly Question[], { dev, seed }: CarveOptions): Carved {
  const placed = questions.map((question) => ({
    question,
    place: placeOf(question.question, seed),
  }));
  const share = 'share' in dev ? dev.share : shareFor(placed, dev.count);
  if (!(share >= 0 && share <= 1)) throw new RangeError(`${share} is no share of the questions`);
  const side = (isDev: boolean): Question[] =>
    placed.filter(({ place }) => place < share === isDev).map(({ question }) => question);
  return { train: side(false), dev: side(true), share };
}

function shareFor(placed: readonly { readonly place: number }[], count: number): number {
  if (!Number.isInteger(count) || count < 0 || count > placed.length) {
    throw new RangeError(`cannot take ${count} of ${placed.length} questions`);
  }
  const places = placed.map(({ place }) => place).sort((a, b) => a - b);
  // The first place that stays behind: everything below it is taken.
  return places[count] ?? 1;
}
