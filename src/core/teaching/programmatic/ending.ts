import { bareLetter, letterAt, placeOf } from '../../dataset/choiceLetter.ts';
import type { GoldAnswer } from '../../grading/gradeAnswer.ts';
import { readGold } from '../../grading/gold.ts';
import { equalRational, type Rational } from '../../grading/rational.ts';
import { parseExpression } from './expression.ts';
import { compare, show } from './rational.ts';
import type { Tree } from './tree.ts';

/** How the answer of a question that is no number follows from the value of its equation. */
export type Ending =
  /** The choice that says the value. `values` are what the choices say, by place; null where one says no number. */
  | {
      readonly kind: 'choice';
      readonly letter: string;
      readonly values: readonly (Rational | null)[];
    }
  /** Whether the value is more than, less than or equal to another one. */
  | {
      readonly kind: 'yes-no';
      readonly sign: Sign;
      readonly bound: Rational;
      readonly isSo: boolean;
    };

export type Sign = '>' | '<' | '=';

export interface Read {
  readonly tree: Tree;
  readonly ending: Ending;
}

/**
 * Reads the equation of a question whose answer is a choice or yes or no, and what it gives: of a choice an expression
 * whose value exactly one choice says, of the other an expression, a sign and a number, `( 3 + 4 ) > 5`. `wrong-value`
 * where that is not the gold.
 */
export function readEnding(
  equation: string,
  { kind, answer, choices = [] }: GoldAnswer,
): Read | 'unreadable' | 'wrong-value' {
  if (kind === 'choice') {
    const tree = parseExpression(equation);
    if (!tree) return 'unreadable';
    const values = choices.map((choice) => readGold(choice)?.value ?? null);
    const [place, second] = values.flatMap((value, at) =>
      value && equalRational(value, tree.value) ? [at] : [],
    );
    if (place === undefined || second !== undefined) return 'wrong-value';
    const letter = letterAt(place);
    if (letter !== bareLetter(answer)) return 'wrong-value';
    return { tree, ending: { kind, letter, values } };
  }
  const parts = /^([^<>=]+)([<>=])([^<>=]+)$/u.exec(equation);
  const sign = SIGNS.find((one) => one === parts?.[2]);
  const [tree, right] = [parts?.[1], parts?.[3]].map((part) => parseExpression(part ?? ''));
  if (kind !== 'yes-no' || !sign || !tree || right?.kind !== 'number') return 'unreadable';
  const difference = compare(tree.value, right.value);
  const isSo = sign === '>' ? difference > 0 : sign === '<' ? difference < 0 : difference === 0;
  if ((answer.trim().toLowerCase() === 'yes') !== isSo) return 'wrong-value';
  return { tree, ending: { kind, sign, bound: right.value, isSo } };
}

const SIGNS: readonly Sign[] = ['>', '<', '='];

/** The answer as it stands on the last line. */
export function answerOf(ending: Ending): string {
  return ending.kind === 'choice' ? `(${ending.letter})` : ending.isSo ? 'yes' : 'no';
}

/** An answer of the same form that is wrong. */
export function otherAnswer(ending: Ending): string {
  if (ending.kind === 'yes-no') return ending.isSo ? 'no' : 'yes';
  return `(${letterAt((placeOf(ending.letter) + 1) % ending.values.length)})`;
}

const WORDS: Readonly<Record<Sign, string>> = {
  '>': 'more than',
  '<': 'less than',
  '=': 'equal to',
};

/** What holds between the value and the one that it is compared with: "8 is not more than 9". */
export function comparisonOf(
  { sign, bound, isSo }: Extract<Ending, { kind: 'yes-no' }>,
  value: Rational,
): string {
  return `${show(value)} is ${isSo ? '' : 'not '}${WORDS[sign]} ${show(bound)}`;
}

/** What stands before that which holds. The first is the plainest. */
const LEADS: readonly string[] = ['', 'So ', 'We see: ', 'Now '];

/** The step from the value to the answer, in the words of a draw. */
export function endingLine(ending: Ending, value: Rational, phrase: number): string {
  const holds =
    ending.kind === 'choice'
      ? `${show(value)} is choice (${ending.letter})`
      : comparisonOf(ending, value);
  return `${LEADS[phrase % LEADS.length] ?? ''}${holds}.`;
}

/** The value that an attempt's answer stands for; null where it says none. */
export function valueOfAnswer(ending: Ending, answer: string | null): Rational | null {
  if (ending.kind !== 'choice' || answer === null) return null;
  return ending.values[placeOf(bareLetter(answer))] ?? null;
}
