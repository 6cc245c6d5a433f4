import { gradeNumeric } from '../../grading/grade.ts';
import { sha256Json } from '../../hash.ts';
import type { Question } from '../../dataset/question.ts';
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
  const read = treeOf(row);
  if (typeof read === 'string') return read;
  const answer = answerText(read.value, row.answer);
  if (answer === null) return 'wrong-value';
  const tree = rewrite(read);
  const steps = stepsOf(tree);
  if (steps.length > MAX_STEPS) return 'too-many-steps';
  return { id: row.id, question: row.question, tree, steps, answer };
}

/** Everything the teacher knows about a question set. Of equal texts the first known one counts. */
export function learnAll(rows: readonly Question[]): Knowledge {
  const known: KnownQuestion[] = [];
  const unknown: { id: string; reason: UnknownReason }[] = [];
  for (const row of rows) {
    const result = learn(row);
    if (typeof result === 'string') unknown.push({ id: row.id, reason: result });
    else known.push(result);
  }
  const content = rows.map((row) => [
    row.id,
    row.question,
    row.answer,
    row.equation,
    row.rationale,
  ]);
  return {
    finder: new QuestionFinder(known.map((one) => [one.question, one])),
    known,
    unknown,
    dataHash: sha256Json(content),
  };
}
