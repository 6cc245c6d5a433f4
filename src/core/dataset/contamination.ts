import { foldText } from '../grading/fold.ts';
import { runWhole } from '../runWhole.ts';
import { normaliseQuestion, type Question } from './question.ts';

/** Questions of two sets that are alike. Shown, never dropped: templated sets match by design. */
export interface Overlap {
  /** `numbers`: the same text once every number is masked. */
  readonly same: 'text' | 'numbers';
  readonly first: readonly string[];
  readonly second: readonly string[];
}

/** What of a question is compared. */
type NamedText = Pick<Question, 'id' | 'question'>;

/** A question with the names by which it is compared: many are compared more than once. */
export interface ComparedQuestion {
  readonly id: string;
  readonly text: string;
  readonly numbers: () => string;
}

/** Names a question by its text with every number masked: templated questions have this name in common. */
export function maskedQuestion(question: string): string {
  return foldText(normaliseQuestion(question)).replace(/\d+(?:[.,/]\d+)*/gu, '#');
}

/** Questions that are gone through between two yields. */
const PIECE = 100;

function* group(
  questions: readonly ComparedQuestion[],
  key: (question: ComparedQuestion) => string,
  counts: (key: string) => boolean = () => true,
): Generator<void, Map<string, string[]>, void> {
  const groups = new Map<string, string[]>();
  for (const [at, question] of questions.entries()) {
    if (at % PIECE === 0) yield;
    const text = key(question);
    if (!counts(text)) continue;
    const ids = groups.get(text);
    if (ids) ids.push(question.id);
    else groups.set(text, [question.id]);
  }
  return groups;
}

function* shared(
  first: readonly ComparedQuestion[],
  second: readonly ComparedQuestion[],
  same: Overlap['same'],
  key: (question: ComparedQuestion) => string,
): Generator<void, Overlap[], void> {
  const there = yield* group(second, key);
  // Of a large set only what the other has is held.
  const here = yield* group(first, key, (text) => there.has(text));
  const overlaps: Overlap[] = [];
  for (const [text, ids] of here) {
    const others = there.get(text);
    if (others) overlaps.push({ same, first: ids, second: others });
  }
  return overlaps;
}

/** What two sets share: equal texts, and texts that are equal but for their numbers. */
export function findOverlaps(first: readonly NamedText[], second: readonly NamedText[]): Overlap[] {
  return runWhole(
    overlapSteps(
      first.map((one) => new Compared(one)),
      second.map((one) => new Compared(one)),
    ),
  );
}

/** The same for questions whose names are known, in bounded pieces of work. */
export function* overlapSteps(
  first: readonly ComparedQuestion[],
  second: readonly ComparedQuestion[],
): Generator<void, Overlap[], void> {
  const equal = yield* shared(first, second, 'text', ({ text }) => text);
  const known = new Set(equal.flatMap((overlap) => overlap.first));
  const others = first.filter(({ id }) => !known.has(id));
  return [...equal, ...(yield* shared(others, second, 'numbers', (one) => one.numbers()))];
}

/** Both names are made when they are asked for: of a large set they would be held once more. */
class Compared implements ComparedQuestion {
  readonly id: string;
  readonly #question: string;

  constructor({ id, question }: NamedText) {
    this.id = id;
    this.#question = question;
  }

  get text(): string {
    return normaliseQuestion(this.#question);
  }

  numbers(): string {
    return maskedQuestion(this.#question);
  }
}
