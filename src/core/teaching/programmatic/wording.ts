import { sha256Text } from '../../hash.ts';
import type { Rational } from '../../grading/rational.ts';
import { equal, exactDecimals, show } from './rational.ts';
import { endingLine, type Ending } from './ending.ts';
import { nounAfter, numbersOf } from './nounLabels.ts';
import { CHECKS, CLOSINGS, CONNECTIVES, NEEDED, NO_STEP, OPERATION_PHRASES } from './phrases.ts';
import { leavesOf, type Operator, type Step, type Tree } from './tree.ts';

export const STYLES = ['bare', 'named', 'needed', 'checked'] as const;
export type Style = (typeof STYLES)[number];

/** A teacher's text has at most this many lines before its `Answer:` line. */
export const MAX_STEPS = 6;

/**
 * Solutions of so many steps keep the shortest words: the small practice student must be able to write them to the
 * end. Longer ones are for larger students, which have the room.
 */
const TIGHT = 3;

/** Bare equations with these connectives stand alone. */
const PLAIN = 3;

/** So many draws of a question use the plainest words only. */
const PLAIN_DRAWS = 2;

/** Which words one draw uses; see `choose`. */
export interface Choice {
  readonly style: Style;
  /** Null for none at all. */
  readonly connective: number | null;
  readonly phrase: number;
}

/**
 * The words of a draw: the same question and draw always give the same choice. Draws of one style, and draws whose
 * connectives are the same, differ in their phrases. Draws 0 and 1 of every four take the two shortest styles. The
 * very first two are what round 0 teaches, and take the plainest words as well ("First, 12 + 5 = 17." and "We add:
 * 12 + 5 = 17.", which the practice student has seen): a small student that has to learn
 * new steps and new words at once forgets more than it learns (measured on the practice student: with all wordings
 * a round took it from 36 to 24 % right).
 */
export function choose(questionId: string, draw: number): Choice {
  const digest = sha256Text(`programmatic-1 ${questionId}`);
  const bits = Number.parseInt(digest.slice(0, 8), 16);
  const flip = bits & 1;
  const turn = Math.floor(draw / 4);
  const order = [flip, 1 - flip, 2 + ((bits >> 1) & 1), 3 - ((bits >> 1) & 1)];
  const place = draw % 4;
  const shift = Math.floor(turn / 3);
  const style = STYLES[order[place] ?? 0] ?? 'bare';
  if (draw < PLAIN_DRAWS) return { style, connective: style === 'bare' ? 0 : null, phrase: 0 };
  return {
    style,
    connective: 1 + ((turn + place + ((bits >> 3) & 3)) % 3),
    phrase: 1 + ((2 * turn + shift + place + ((bits >> 5) & 3)) % 3),
  };
}

function lead(choice: Choice, index: number, count: number): string {
  const words = choice.connective === null ? null : CONNECTIVES[choice.connective];
  if (!words) return '';
  if (index === 0) return words.first;
  if (index === count - 1) return words.last;
  return words.next[(index - 1) % words.next.length] ?? '';
}

export const equationOf = (step: Step): string =>
  `${step.leftText} ${step.op} ${step.rightText} = ${step.resultText}`;

/** After a colon a sentence begins anew; after a comma or a word it goes on in lower case. */
function join(first: string, then: string): string {
  if (first === '') return then;
  const rest = first.endsWith(':') ? then : `${then.charAt(0).toLowerCase()}${then.slice(1)}`;
  return `${first} ${rest}`;
}

function phraseOf(step: Step, phrase: number, question: string): string {
  const words = OPERATION_PHRASES[step.op];
  const counts = step.op === '+' || step.op === '-';
  const name = (text: string, isNumber: boolean, value: Rational): string => {
    const label = counts && isNumber ? nounAfter(question, value) : null;
    return label === null ? text : `${text} ${label}`;
  };
  const { left, right } = step.node;
  const a = name(step.leftText, left.kind === 'number', step.left);
  const b = name(step.rightText, right.kind === 'number', step.right);
  return (words[phrase % words.length] ?? '').replace(/\b[AB]\b/gu, (hole) =>
    hole === 'A' ? a : b,
  );
}

const INVERSE: Readonly<Record<Operator, Operator>> = { '+': '-', '-': '+', '*': '/', '/': '*' };

function shownExactly(value: Rational, text: string): boolean {
  const decimals = exactDecimals(value);
  return decimals !== null && decimals <= 6 && show(value) === text;
}

/** The check of a step by its inverse; null where a rounded number would make it false, or a zero impossible. */
function checkOf(step: Step): string | null {
  const { left, right, result, leftText, rightText, resultText } = step;
  const exact =
    shownExactly(left, leftText) &&
    shownExactly(right, rightText) &&
    shownExactly(result, resultText);
  if (!exact || (step.op === '*' && right.n === 0n)) return null;
  return `${resultText} ${INVERSE[step.op]} ${rightText} = ${leftText}`;
}

function listed(values: readonly string[]): string {
  return values.length < 2
    ? (values[0] ?? '')
    : `${values.slice(0, -1).join(', ')} and ${values.at(-1) ?? ''}`;
}

function neededLine(
  tree: Tree,
  question: string,
  phrase: number,
  beside: readonly Rational[],
): string | null {
  const words = NEEDED[phrase % NEEDED.length];
  const asked = numbersOf(question);
  const used = leavesOf(tree).map((leaf) => leaf.value);
  const use = asked.filter((value) => used.some((other) => equal(value, other)));
  const leave = asked.filter(
    (value) => !use.includes(value) && !beside.some((other) => equal(value, other)),
  );
  if (!words || use.length === 0) return null;
  const rest = leave.length === 0 ? '' : ` ${words.leave.replace('M', listed(leave.map(show)))}`;
  return `${words.use.replace('N', listed(use.map(show)))}${rest}`;
}

/** The steps as lines, in the words of the choice. `from` = how many steps stand before them already. */
export function wordSteps(
  steps: readonly Step[],
  choice: Choice,
  question: string,
  from = 0,
): string[] {
  const count = steps.length + from;
  return steps.map((step, index) => {
    const place = index + from;
    const equation = `${equationOf(step)}.`;
    if (choice.style === 'bare') {
      return choice.connective === PLAIN || (count === 1 && choice.connective !== 0)
        ? equation
        : join(lead(choice, place, count), equation);
    }
    const phrase = phraseOf(step, count === TIGHT ? 0 : choice.phrase, question);
    const worded = `${phrase} ${equation}`;
    return choice.style === 'named' ? join(lead(choice, place, count), worded) : worded;
  });
}

/**
 * A whole rationale: its lines and `Answer: …` last. `answer` is the answer as it is to be shown; `beside` are numbers that
 * matter without standing in the equation.
 */
export function writeRationale(
  tree: Tree,
  steps: readonly Step[],
  answer: string,
  question: string,
  choice: Choice,
  beside: readonly Rational[] = [],
): string {
  if (steps.length === 0) {
    const said = NO_STEP[choice.phrase % NO_STEP.length] ?? '';
    return `${said.replace('C', answer)}\nAnswer: ${answer}`;
  }
  const lines = wordSteps(steps, choice, question);
  const extra = extraLine(tree, steps, answer, question, choice, beside);
  if (extra && lines.length < MAX_STEPS) {
    if (choice.style === 'needed') lines.unshift(extra);
    else lines.push(extra);
  }
  return [...lines, `Answer: ${answer}`].join('\n');
}

/** A question's rationale in the words of a choice: its steps and, where the answer is no number, how it follows. */
export function rationaleOf(
  { tree, steps, answer, question, ending }: SolvedQuestion,
  choice: Choice,
): string {
  if (!ending) return writeRationale(tree, steps, answer, question, choice);
  const beside = ending.kind === 'yes-no' ? [ending.bound] : [];
  const said = show(tree.value);
  const lines = writeRationale(tree, steps, said, question, choice, beside).split('\n');
  return withEnding(lines.slice(0, -1), { tree, answer, ending }, choice);
}

/** What a rationale is written from. */
export interface SolvedQuestion {
  readonly tree: Tree;
  readonly steps: readonly Step[];
  readonly answer: string;
  readonly question: string;
  readonly ending?: Ending;
}

/** The lines of some steps, how the answer follows where it is no number, and the answer. */
export function withEnding(
  lines: readonly string[],
  { tree, answer, ending }: Pick<SolvedQuestion, 'tree' | 'answer' | 'ending'>,
  { phrase }: Pick<Choice, 'phrase'>,
): string {
  const follows = ending ? [endingLine(ending, tree.value, phrase)] : [];
  return [...lines, ...follows, `Answer: ${answer}`].join('\n');
}

function extraLine(
  tree: Tree,
  steps: readonly Step[],
  answer: string,
  question: string,
  choice: Choice,
  beside: readonly Rational[],
): string | null {
  const { style, phrase } = choice;
  const last = steps.at(-1);
  if (style === 'needed') return neededLine(tree, question, phrase, beside);
  if (style === 'bare') return CLOSINGS[phrase % CLOSINGS.length]?.replace('C', answer) ?? null;
  const check = style === 'checked' && last ? checkOf(last) : null;
  return check === null ? null : `${CHECKS[phrase % CHECKS.length] ?? ''} ${check}.`;
}
