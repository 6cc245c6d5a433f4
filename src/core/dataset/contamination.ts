import { foldText } from '../grading/fold.ts';
import { normaliseQuestion, type Question } from './question.ts';

/** Questions of two sets that are alike. Shown, never dropped: templated sets match by design. */
export interface Overlap {
  /** `numbers`: the same text once every number is masked. */
  readonly same: 'text' | 'numbers';
  readonly first: readonly string[];
  readonly second: readonly string[];
}

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

function group(
  questions: readonly ComparedQuestion[],
  key: (question: ComparedQuestion) => string,
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const question of questions) {
    const text = key(question);
    const ids = groups.get(text);
    if (ids) ids.push(question.id);
    else groups.set(text, [question.id]);
  }
  return groups;
}

function shared(
  first: readonly ComparedQuestion[],
  second: readonly ComparedQuestion[],
  same: Overlap['same'],
  key: (question: ComparedQuestion) => string,
): Overlap[] {
  const there = group(second, key);
  return [...group(first, key)].flatMap(([text, ids]) => {
    const others = there.get(text);
    return others ? [{ same, first: ids, second: others }] : [];
  });
}

/** What two sets share: equal texts, and texts that are equal but for their numbers. */
export function findOverlaps(first: readonly Question[], second: readonly Question[]): Overlap[] {
  return overlapsOf(first.map(compared), second.map(compared));
}

/** The same for questions whose names are known. */
export function overlapsOf(
  first: readonly ComparedQuestion[],
  second: readonly ComparedQuestion[],
): Overlap[] {
  const equal = shared(first, second, 'text', ({ text }) => text);
  const known = new Set(equal.flatMap((overlap) => overlap.first));
  const others = first.filter(({ id }) => !known.has(id));
  return [...equal, ...shared(others, second, 'numbers', ({ numbers }) => numbers())];
}

function compared({ id, question }: Question): ComparedQuestion {
  return { id, text: normaliseQuestion(question), numbers: () => maskedQuestion(question) };
}
