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
  const places = Float64Array.from(questions, ({ question }) => placeOf(question, seed));
  const share = shareOf(places, dev);
  const side = (isDev: boolean): Question[] =>
    questions.filter((_, at) => (places[at] ?? 1) < share === isDev);
  return { train: side(false), dev: side(true), share };
}

/** The share below which questions at these places are set aside. */
export function shareOf(places: Float64Array, dev: CarveOptions['dev']): number {
  const share = 'share' in dev ? dev.share : shareFor(places, dev.count);
  if (!(share >= 0 && share <= 1)) throw new RangeError(`${share} is no share of the questions`);
  return share;
}

function shareFor(places: Float64Array, count: number): number {
  if (!Number.isInteger(count) || count < 0 || count > places.length) {
    throw new RangeError(`cannot take ${count} of ${places.length} questions`);
  }
  // The first place that stays behind: everything below it is taken.
  return places.toSorted()[count] ?? 1;
}
