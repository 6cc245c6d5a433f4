import { foldText } from '../grading/fold.ts';
import { normaliseQuestion, type Question } from './question.ts';

/** Questions of two sets that are alike. Shown, never dropped: templated sets match by design. */
export interface Overlap {
  /** `numbers`: the same text once every number is masked. */
  readonly same: 'text' | 'numbers';
  readonly first: readonly string[];
  readonly second: readonly string[];
}

function masked(question: string): string {
  return foldText(normaliseQuestion(question)).replace(/\d+(?:[.,/]\d+)*/gu, '#');
}

function group(
  questions: readonly Question[],
  key: (text: string) => string,
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { id, question } of questions) {
    const text = key(question);
    const ids = groups.get(text);
    if (ids) ids.push(id);
    else groups.set(text, [id]);
  }
  return groups;
}

function shared(
  first: readonly Question[],
  second: readonly Question[],
  same: Overlap['same'],
  key: (text: string) => string,
): Overlap[] {
  const there = group(second, key);
  return [...group(first, key)].flatMap(([text, ids]) => {
    const others = there.get(text);
    return others ? [{ same, first: ids, second: others }] : [];
  });
}

/** What two sets share: equal texts, and texts that are equal but for their numbers. */
export function findOverlaps(first: readonly Question[], second: readonly Question[]): Overlap[] {
  const equal = shared(first, second, 'text', normaliseQuestion);
  const known = new Set(equal.flatMap((overlap) => overlap.first));
  const others = first.filter(({ id }) => !known.has(id));
  return [...equal, ...shared(others, second, 'numbers', masked)];
}
