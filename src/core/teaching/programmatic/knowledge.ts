import { gradeNumeric } from '../../grading/grade.ts';
import { sha256Json } from '../../hash.ts';
import type { Question } from '../../dataset/question.ts';
import { wordingOf } from '../../dataset/choiceLines.ts';
import { answerOf, readEnding, type Ending } from './ending.ts';
import { parseChain, parseExpression } from './expression.ts';
import { QuestionFinder } from './findQuestion.ts';
import {
  absolute,
  add,
  compare,
  exactDecimals,
  multiply,
  parseDecimal,
  rational,
  show,
  shownDecimals,
  subtract,
  toFixed,
} from './rational.ts';
import type { Rational } from '../../grading/rational.ts';
import { rewrite, stepsOf, type Step, type Tree } from './tree.ts';
import { MAX_STEPS } from './wording.ts';

/** A question that the teacher can solve. */
export interface KnownQuestion {
  readonly id: string;
  readonly question: string;
  readonly tree: Tree;
  readonly steps: readonly Step[];
  /** The final answer as the teacher writes it. */
  readonly answer: string;
  /** How the answer follows from the tree's value; nothing where it is that value. */
  readonly ending?: Ending;
}

/** Why the teacher does not know a question; `wrong-value`: its equation does not give its gold. */
export type UnknownReason = 'no-equation' | 'unreadable' | 'wrong-value' | 'too-many-steps';

export interface Knowledge {
  readonly finder: QuestionFinder<KnownQuestion>;
  readonly known: readonly KnownQuestion[];
  readonly unknown: readonly { readonly id: string; readonly reason: UnknownReason }[];
  /** Of everything that its texts depend on: with the teacher's version it stands for a URL in cache keys. */
  readonly dataHash: string;
}

/** The answer's spelling when the value is the gold, exactly or rounded to the gold's decimals; else null. */
function answerText(value: Rational, gold: string): string | null {
  const right = (text: string): boolean =>
    gradeNumeric(`Answer: ${text}`, gold).verdict === 'right';
  const plain = show(value);
  if (exactDecimals(value) !== null && right(plain)) return plain;
  const decimals = parseDecimal(gold) ? shownDecimals(gold) : 0;
  const rounded = decimals > 0 && decimals <= 12 ? toFixed(value, decimals) : plain;
  if (decimals > 0 && right(rounded)) return rounded;
  return decimals > 6 && nearly(value, gold) && right(gold) ? gold : null;
}

/** A gold with many decimals is a printed binary float: the last digits are not the equation's. */
function nearly(value: Rational, gold: string): boolean {
  const printed = parseDecimal(gold);
  if (!printed) return false;
  const difference = absolute(subtract(value, printed));
  return (
    compare(multiply(difference, rational(10n ** 9n)), add(absolute(value), rational(1n))) <= 0
  );
}

function treeOf(row: Question): Tree | 'no-equation' | 'unreadable' {
  if (row.equation !== undefined) {
    const marks = row.equation.includes('<<') ? parseChain(row.equation, row.question) : null;
    return marks ?? parseExpression(row.equation) ?? 'unreadable';
  }
  if (!row.rationale?.includes('<<')) return 'no-equation';
  return parseChain(row.rationale, row.question) ?? 'unreadable';
}

/** Reads one row: from its equation, else from the calculator marks of its reference rationale. */
export function learn(row: Question): KnownQuestion | UnknownReason {
  if (row.kind === 'choice' || row.kind === 'yes-no') return learnEnding(row);
  const read = treeOf(row);
  if (typeof read === 'string') return read;
  const answer = answerText(read.value, row.answer);
  if (answer === null) return 'wrong-value';
  const tree = rewrite(read);
  const steps = stepsOf(tree);
  if (steps.length > MAX_STEPS) return 'too-many-steps';
  return { id: row.id, question: row.question, tree, steps, answer };
}

/** Reads a row whose answer follows from the value of its equation. */
function learnEnding(row: Question): KnownQuestion | UnknownReason {
  if (row.equation === undefined) return 'no-equation';
  const read = readEnding(row.equation, row);
  if (typeof read === 'string') return read;
  const { ending } = read;
  const tree = rewrite(read.tree);
  const steps = stepsOf(tree);
  if (steps.length > MAX_STEPS) return 'too-many-steps';
  const { id, question } = row;
  return { id, question, tree, steps, answer: answerOf(ending), ending };
}

/** What a message may hold of a question: it with its choices, and without them where a person's template leaves them out. */
function spellingsOf(row: Question): readonly string[] {
  return row.kind === 'choice' ? [wordingOf(row), row.question] : [row.question];
}

/** Everything the teacher knows about a question set. Of equal texts the first known one counts. */
export function learnAll(rows: readonly Question[]): Knowledge {
  const known: KnownQuestion[] = [];
  const spellings: [text: string, one: KnownQuestion][] = [];
  const unknown: { id: string; reason: UnknownReason }[] = [];
  for (const row of rows) {
    const result = learn(row);
    if (typeof result === 'string') unknown.push({ id: row.id, reason: result });
    else {
      known.push(result);
      for (const text of spellingsOf(row)) spellings.push([text, result]);
    }
  }
  const content = rows.map((row) => [
    row.id,
    row.question,
    row.answer,
    row.equation,
    row.rationale,
    ...(row.kind === undefined || row.kind === 'number' ? [] : [row.kind, row.choices ?? null]),
  ]);
  return {
    finder: new QuestionFinder(spellings),
    known,
    unknown,
    dataHash: sha256Json(content),
  };
}
